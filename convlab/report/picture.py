"""Pictures of theorems as files, with their data beside them; a picture is also a recipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from convlab.catalogue import select
from convlab.errors import ConvlabError
from convlab.laboratory import PROFILES, Laboratory
from convlab.report import curves, documents, figure
from convlab.report.references import citation
from convlab.report.terminal import progress

__all__ = ["Picture"]

HORIZONS = tuple(4**i for i in range(5))
"""Iterations at which a picture shows worst-case instances, unless the runs have another length."""


@dataclass(frozen=True)
class Picture:
    """What to draw, and how: one panel per theorem.

    Parameters
    ----------
    targets : ids (each that theorem alone), areas, files or folders
    instances : families, ``family(parameter=value)``, or places: 0 is the instance closest to the
        bound; by default the closest, and others up to ``most``
    mutant : draw the refutation of this mutant
    values : parameters of the theorems, name -> formula
    iterations : length of the runs; by default that of theorem and profile
    columns, small : layout, see :func:`convlab.report.figure.figure`
    claim : the claim that is drawn, by default the first
    """

    targets: Sequence[str]
    instances: Sequence[str] = ()
    mutant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    iterations: int | None = None
    profile: str = "quick"
    key: int = 0
    most: int = 3
    columns: int | None = None
    small: bool = False
    claim: int = 0

    def compute(self) -> list[curves.Panel]:
        """The data, from runs. Raises ConvlabError on bad input."""
        catalogue, ids = select(self.targets)
        exact = [t for t in self.targets if t in catalogue.theorems]
        ids = [i for i in ids if i in exact or not i.startswith(tuple(f"{t}/" for t in exact))]
        for label, reason in catalogue.failures.items():
            raise ConvlabError(f"{label} cannot be imported: {reason}")
        profile = replace(PROFILES[self.profile], horizons=HORIZONS)
        if self.iterations is not None:
            horizons = tuple(2**i for i in range(self.iterations.bit_length()))
            profile = replace(profile, length=1, horizons=horizons)
        panels = []
        with progress() as bar:
            for name in bar.track(ids, description="running"):
                theorem = catalogue.theorems[name].at(**self.values)
                if self.claim:
                    theorem = replace(theorem, claims=[theorem.claims[self.claim]])
                source = citation(theorem.cite, catalogue.files[name])
                cited = [theorem.cite if source is None else source.short, theorem.number]
                panels.append(
                    curves.compute(
                        replace(theorem, iterations=self.iterations or theorem.iterations),
                        Laboratory(catalogue.families, profile, key=self.key),
                        citation=", ".join(filter(None, cited)),
                        instances=self.instances,
                        mutant=self.mutant,
                        most=self.most,
                    )
                )
        return panels

    def make(self, file: Path, *, from_data: bool = False) -> None:
        """Write the picture, and the data beside it as CSV; ``from_data`` redraws from these.

        Raises ConvlabError on bad input, and where nothing can be written.
        """
        data = file.with_suffix(".csv")
        figure.require_drawable(file)
        documents.require_writable(file)
        if from_data:
            panels = curves.read(data)
        else:
            documents.require_writable(data)
            panels = self.compute()
            versions = ", ".join(f"{n} {v}" for n, v in documents.versions().items())
            documents.write(
                data, curves.write(panels, [versions, f"key {self.key}, profile {self.profile}"])
            )
        figure.save(figure.figure(panels, columns=self.columns, small=self.small), file)
