"""Make pictures: ``python -m figures [NAME ...] [--from-data]``."""

import importlib
from pathlib import Path

import click

from convlab.errors import ConvlabError

HERE = Path(__file__).parent


@click.command()
@click.argument("names", nargs=-1)
@click.option("--from-data", is_flag=True, help="Redraw from the data beside the pictures.")
def main(names: tuple[str, ...], from_data: bool) -> None:
    """Make the pictures of all recipes, or those with these NAMES: of a recipe or of a picture.

    A recipe is a file of this folder that defines pictures = {name: Picture(...)}.
    """
    recipes = sorted(f.stem for f in HERE.glob("*.py") if not f.stem.startswith("_"))
    pictures = {
        name: (recipe, picture)
        for recipe in recipes
        for name, picture in importlib.import_module(f"figures.{recipe}").pictures.items()
    }
    unknown = set(names) - set(recipes) - set(pictures)
    if unknown:
        known = ", ".join(dict.fromkeys([*recipes, *pictures]))
        raise click.UsageError(f"there is no figure {', '.join(unknown)}; there are {known}")
    failed = False
    for name, (recipe, picture) in pictures.items():
        if not names or {name, recipe} & set(names):
            file = HERE / f"{name}.png"
            try:
                picture.make(file, from_data=from_data)
                click.echo(f"{file.name}: {file.stat().st_size // 1024} KiB")
            except ConvlabError as error:
                click.echo(f"{file.name}: {error}", err=True)
                failed = True
    raise SystemExit(2 if failed else 0)


if __name__ == "__main__":
    main()
