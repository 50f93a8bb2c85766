"""The compiled engine: a step becomes a graph, the graph a kernel, the kernel a run.

:mod:`trace` evaluates a step once on symbolic arrays, whose :mod:`namespace` records it as a
:mod:`graph`; :mod:`emit` writes the graph down as one flat Numba function; :mod:`cache` compiles
it, or finds it compiled; :mod:`driver` advances all replicates from one recorded iteration to the
next. :mod:`cuda` and :mod:`device` do the same for NVIDIA devices.
"""
