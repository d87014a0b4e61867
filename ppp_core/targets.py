"""What a target is: a thing to predict, with its scale, in words. Importing this loads nothing heavy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A thing to predict, named ``<data set>/<measure>[-<system>]``. Higher is better, always.

    Attributes:
        name: such as ``"pqpp/hbpp-sdxl"``.
        title: a few words for a chooser, such as ``"Relevance of SDXL images"``.
        measure: the field's name of the measure, such as ``"HBPP"``.
        low: lowest possible value, in the target's unit.
        high: highest possible value, in the target's unit.
        judged_by: ``"people"`` (ratings of images), ``"retrieval"`` (people's relevance judgments
            of retrieved images), ``"models"``, ``"user"`` (a user's own column, whoever made it), or
            ``"simulated"`` (made by a drawing program, see Scenes); never mixed in one column.
        reads_as: a sentence with ``{value}``, such as ``"on 0 to 5, people would rate images of
            this prompt about {value}"``; it names the scale.
        about: what was measured, by whom, on which images, in one or two sentences.
        decimals: digits shown after the point.
        label: two or three words for a button; empty to use the name.
    """

    name: str
    title: str
    measure: str
    low: float
    high: float
    judged_by: str
    reads_as: str
    about: str
    decimals: int = 2
    label: str = ""

    @property
    def dataset(self) -> str:
        """The data set's name: the part before the slash."""
        return self.name.partition("/")[0]

    @property
    def short(self) -> str:
        """The label, or the name where there is none."""
        return self.label or self.name

    def sentence(self, value: float) -> str:
        """What a value means, as a sentence with the scale.

        Example:
            >>> target = Target("a/b", "B", "rating", 0, 5, "people", "on 0 to 5, about {value}", "")
            >>> target.sentence(3.14159)
            'On 0 to 5, about 3.14'
        """
        told = self.reads_as.format(value=f"{value:.{self.decimals}f}")
        return told[:1].upper() + told[1:]
