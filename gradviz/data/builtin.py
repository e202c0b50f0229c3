"""The data sets that come with gradviz; resources/data/README.md says where each is from and under which licence."""

from dataclasses import dataclass
from types import MappingProxyType

from gradviz import resources
from gradviz.data.generators import generate
from gradviz.data.names import did_you_mean
from gradviz.data.tables import Table, read_csv
from gradviz.errors import DataError


@dataclass(frozen=True, slots=True)
class DataSet:
    """A table that comes with gradviz. title: one line for a list.

    file: its name under resources/data, or `generator:…` as `gradviz.data.generators.generate` reads it.
    """

    name: str
    file: str
    title: str
    origin: str
    licence: str

    def load(self) -> Table:
        """The table itself."""
        made = generate(self.file)
        if made is not None:
            return Table(self.name, made.columns)
        return read_csv(resources.path(f"data/{self.file}"))


_LISTED = (
    DataSet("line", "line.csv", "A line with noise: y = 2x + 1, 40 points", "made from seed 1", "CC0"),
    DataSet(
        "iris",
        "iris.csv",
        "Irises: four sizes in cm and the species, 150 flowers",
        "R. A. Fisher, 1936",
        "BSD-3-Clause",
    ),
    DataSet(
        "digits",
        "digits.csv.gz",
        "Handwritten digits: 8 × 8 pixels, 1797 pictures",
        "E. Alpaydin, 1998",
        "BSD-3-Clause",
    ),
    DataSet(
        "penguins", "penguins.csv", "Penguins: sizes, sex and species, 344 birds, with gaps", "K. Gorman, 2020", "CC0"
    ),
    DataSet("moons", "moons.csv", "Two moons: two half circles that interleave, 100 points", "made from seed 2", "CC0"),
    DataSet("xor", "xor.csv", "Exclusive or: the truth table, 4 rows", "by definition", "CC0"),
    DataSet(
        "diabetes",
        "diabetes.csv",
        "Diabetes: ten measurements and the progression, 442 patients",
        "B. Efron et al., 2004",
        "BSD-3-Clause",
    ),
    DataSet("sine", "sine:seed=3", "A sine with noise: one period, 100 points", "made from seed 3", "CC0"),
    DataSet("cubic", "cubic:seed=4", "A cubic with noise: y = x³ − x, 60 points", "made from seed 4", "CC0"),
    DataSet("circles", "circles:seed=5", "Two circles, one inside the other, 100 points", "made from seed 5", "CC0"),
    DataSet("spirals", "spirals:seed=6", "Two spirals, 200 points", "made from seed 6", "CC0"),
    DataSet("blobs", "blobs:seed=7", "Three blobs: three classes, 150 points", "made from seed 7", "CC0"),
)

DATASETS = MappingProxyType({data_set.name: data_set for data_set in _LISTED})
"""The data sets by name, in the order in which they are shown."""


def load(name: str) -> Table:
    """The data set of that name; raises DataError, with the nearest name, when there is none."""
    if name not in DATASETS:
        raise DataError(f"there is no data set {name}{did_you_mean(name, DATASETS)}")
    return DATASETS[name].load()
