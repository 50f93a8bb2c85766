"""What is shown and kept: tables on the terminal, JSON, JUnit XML, Markdown, figures."""
