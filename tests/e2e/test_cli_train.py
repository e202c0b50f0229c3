"""`gradviz train` and `rates`: numbers of textbooks, data from files, and what diverges."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from e2e.conftest import Run

LOSS = "(y-(Wx+b))^2"
NLL = "-log(softmax(W x + b))[y]"
IRIS = ("--data", "iris", "--bind", "x=sepal_length,sepal_width,petal_length,petal_width", "--bind", "y=species")


def test_line_through_exact_points_is_found(gradviz: Run, line_csv: str) -> None:
    data = gradviz(
        "train", LOSS, "--data", line_csv, "--bind", "x=u", "--bind", "y=v", "--rate", ".2", "--steps", "300", "--json"
    ).data
    assert list(data) == ["parameters", "loss", "iterations", "diverged", "history"]
    assert data["parameters"] == pytest.approx({"W": 2, "b": 1}, abs=1e-9)
    assert (data["iterations"], data["diverged"]) == (300, False)
    assert len(data["history"]["iteration"]) == len(data["history"]["loss"])


@pytest.mark.parametrize(("rate", "x"), [(0.05, 3.486784), (0.2, 0.060466), (1.1, 61.917364)])
def test_descent_on_a_parabola_is_that_of_the_textbook(gradviz: Run, rate: float, x: float) -> None:
    data = gradviz("train", "x^2", "x=10", "--rate", str(rate), "--steps", "10", "--json").data
    assert data["parameters"]["x"] == pytest.approx(x, rel=1e-5)


def test_first_step_is_the_sum_of_the_gradients_of_the_samples(gradviz: Run, line_csv: str) -> None:
    given = ("--data", line_csv, "--bind", "x=u", "--bind", "y=v", "W=0", "b=0", "--rate", "0.01", "--steps", "1")
    data = gradviz("train", LOSS, *given, "--reduce", "sum", "--json").data
    points = [(x, 2 * x + 1) for x in (-1, 0, 1, 2)]
    assert data["parameters"]["W"] == pytest.approx(-0.01 * sum(2 * (0 - y) * x for x, y in points))
    assert data["parameters"]["b"] == pytest.approx(-0.01 * sum(2 * (0 - y) for _, y in points))


def test_columns_of_the_leaves_own_names_need_no_binding(gradviz: Run) -> None:
    assert gradviz("train", LOSS, "--data", "line", "--json").data["loss"] < 0.3


def test_column_that_is_bound_is_not_bound_a_second_time_by_its_name(gradviz: Run) -> None:
    Path("data.csv").write_text("a,b\n1,3\n2,5\n")
    data = gradviz("train", LOSS, "--data", "data.csv", "--bind", "x=a", "--bind", "y=b", "--json").data
    assert set(data["parameters"]) == {"W", "b"}


def test_classes_of_the_irises_are_learnt(gradviz: Run) -> None:
    data = gradviz("train", NLL, *IRIS, "--rate", ".1", "--steps", "300", "--optimizer", "adam", "--json").data
    assert data["loss"] < 0.1
    assert (len(data["parameters"]["W"]), len(data["parameters"]["W"][0])) == (3, 4)


def test_same_seed_gives_the_same_run_and_another_seed_another(gradviz: Run) -> None:
    arguments = ("train", NLL, *IRIS, "--steps", "5", "--batch", "20", "--json")
    first = gradviz(*arguments, "--seed", "1").data
    assert gradviz(*arguments, "--seed", "1").data == first
    assert gradviz(*arguments, "--seed", "2").data["loss"] != first["loss"]


def test_fixed_leaves_stay(gradviz: Run) -> None:
    data = gradviz("train", "(a x - 4)^2", "a=2", "x=1", "--fix", "a", "--steps", "200", "--json").data
    assert data["parameters"] == pytest.approx({"x": 2})


def test_divergence_is_told_with_exit_1_and_finite_parameters(gradviz: Run) -> None:
    answer = gradviz("train", "x^4", "x=10", "--rate", "1", "--steps", "50", "--json")
    assert answer.code == 1
    assert answer.data["diverged"]
    assert isinstance(answer.data["parameters"]["x"], float)
    assert "not finite" in answer.err


def test_history_goes_to_a_file(gradviz: Run) -> None:
    assert gradviz("train", "x^2", "x=10", "--rate", ".2", "--steps", "3", "-o", "history.csv").code == 0
    with Path("history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == pytest.approx([100, 36, 12.96, 4.6656])


def test_people_see_parameters_and_loss(gradviz: Run) -> None:
    out = gradviz("train", "x^2", "x=10", "--rate", ".2", "--steps", "10").out
    assert [line.split() for line in out.splitlines()] == [
        ["x", "0.060466"],
        ["loss", "0.0036562"],
        ["iterations", "10"],
    ]


BAD_TABLES = {
    "missing": None,
    "empty": b"",
    "header_only": b"x,y\n",
    "ragged": b"x,y\n1,2\n3\n",
    "text_in_numbers": b"x,y\n1,2\n3,4\n5,abc\n",
    "not_utf8": b"x,y\n1,\xff\xfe\n",
    "nul": b"x,y\n1,\x002\n",
    "gap": b"x,y\n1,2\n3,\n",
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_bad_table_is_one_error_line(gradviz: Run, name: str) -> None:
    content = BAD_TABLES[name]
    if content is not None:
        Path(f"{name}.csv").write_bytes(content)
    answer = gradviz("train", LOSS, "--data", f"{name}.csv")
    assert answer.code == 2
    assert answer.error
    assert len(answer.err.splitlines()) == 1


def test_rows_with_gaps_can_be_left_out(gradviz: Run) -> None:
    Path("gap.csv").write_text("x,y\n1,2\n3,\n2,4\n")
    assert gradviz("train", "(y - W x)^2", "--data", "gap.csv", "--gaps", "drop", "--json").data["loss"] < 1e-6


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([LOSS, "--data", "line", "--bind", "x=nothing"], "nothing"),
        ([LOSS, "--data", "line", "--bind", "z=x"], "no z"),
        ([LOSS, "--data", "line", "--bind", "x"], "binding"),
        ([LOSS, "--bind", "x=x"], "--data"),
        ([LOSS, "--data", "line", "x=3", "--bind", "x=x"], "leave one out"),
        (["a^2", "--data", "line"], "--bind"),
        (["x^2", "x=[1,2]"], "scalar"),
        (["x^2", "x=1", "--optimizer", "adm"], "adam"),
        (["x^2", "x=1", "--steps", "-1"], "steps"),
        (["x^2", "x=1", "--batch", "0"], "batch"),
        (["x^2", "x=1", "--rate", "fast"], "--rate"),
        (["x^2", "x=1", "--seed", "-3"], "seed"),
        (["x^2", "x=1", "--fix", "q"], "q"),
        (["x^2", "x=1", "-o", "nowhere/h.csv"], "nowhere"),
    ],
    ids=lambda part: " ".join(part)[-30:] if isinstance(part, list) else part,
)
def test_what_can_not_be_trained_is_said(gradviz: Run, arguments: list[str], word: str) -> None:
    answer = gradviz("train", *arguments)
    assert answer.code == 2
    assert word in answer.error


def test_rates_are_judged_beside_the_limit_of_theory(gradviz: Run) -> None:
    answer = gradviz("rates", "x^2", "x=10", "--rates", ".05,.2,1.1", "--steps", "10", "--json")
    assert answer.code == 0
    assert answer.data["limit"] == pytest.approx(1)  # the second derivative is 2
    runs = answer.data["runs"]
    assert {"rate", "parameters", "loss", "verdict"} <= set(runs[0])
    assert [run["verdict"] for run in runs] == ["too small", "good", "too large"]
    assert [run["parameters"]["x"] for run in runs] == pytest.approx([3.486784, 0.060466, 61.917364], rel=1e-4)


def test_loss_without_curvature_has_no_limit(gradviz: Run) -> None:
    assert gradviz("rates", "3x", "x=1", "--rates", ".1", "--steps", "2", "--json").data["limit"] is None


def test_rates_are_shown_to_people(gradviz: Run) -> None:
    out = gradviz("rates", "x^2", "x=10", "--rates", ".05,.2,1.1", "--steps", "10").out
    assert "too small" in out
    assert "2/λmax = 1" in out


@pytest.mark.parametrize("rates", ["", "a,b", ",".join(["1"] * 60)])
def test_bad_rates_are_said(gradviz: Run, rates: str) -> None:
    answer = gradviz("rates", "x^2", "x=10", "--rates", rates)
    assert answer.code == 2
    assert answer.error


def test_a_schedule_and_its_numbers_are_options(gradviz: Run) -> None:
    given = ("--rate", "0.1", "--schedule", "step", "--schedule-factor", "0.1", "--schedule-period", "1")
    data = gradviz("train", "x^2", "x=10", *given, "--steps", "2", "--json").data
    assert data["parameters"]["x"] == pytest.approx(10 * (1 - 0.2) * (1 - 0.02))


def test_an_early_stop_is_told(gradviz: Run) -> None:
    data = gradviz("train", "x^2", "x=8", "--rate", ".25", "--stop-loss", "1", "--json").data
    assert data["iterations"] == 3
    assert data["stopped"] == "the loss 1 is not above 1"


def test_validation_and_accuracy_stand_in_the_history(gradviz: Run) -> None:
    data = gradviz("train", NLL, *IRIS, "--validation", "0.2", "--steps", "20", "--json").data
    history = data["history"]
    assert len(history["validation"]) == len(history["accuracy"]) == len(history["loss"]) == 21


def test_an_option_of_the_optimizer_is_given_by_name(gradviz: Run) -> None:
    given = ("x=1", "--optimizer", "momentum", "--option", "momentum=0.5", "--steps", "2", "--json")
    # v = 2, x = 0.8; v = 0.5 · 2 + 1.6, x = 0.8 − 0.26
    assert gradviz("train", "x^2", *given).data["parameters"]["x"] == pytest.approx(0.54)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--schedule", "cosin"), "did you mean cosine"),
        (("--init", "glorott"), "did you mean glorot"),
        (("--validation", "1.5"), "between 0 and 1"),
        (("--clip-norm", "0"), "above 0"),
        (("--patience", "0"), "at least 1"),
        (("--option", "momentum"), "name=number"),
        (("--option", "momentum=0.5"), "no setting momentum"),
    ],
)
def test_settings_that_cannot_be_are_named(gradviz: Run, given: tuple[str, ...], says: str) -> None:
    failed = gradviz("train", LOSS, "--data", "line", *given)
    assert failed.code == 2
    assert says in failed.err


def test_xavier_is_another_name_of_glorot(gradviz: Run) -> None:
    runs = [gradviz("train", LOSS, "--data", "line", "--init", name, "--json").data for name in ("xavier", "glorot")]
    assert runs[0] == runs[1]


def test_standardised_columns_train_where_raw_ones_diverge(gradviz: Run) -> None:
    given = ("--data", "diabetes", "--bind", "x=age..glu", "--bind", "y=progression", "--steps", "200", "--json")
    assert gradviz("train", LOSS, *given).code == 1
    assert gradviz("train", LOSS, *given, "--standardise", "age..glu").data["loss"] < 2900


def test_data_are_made_to_order(gradviz: Run) -> None:
    given = ("--steps", "300", "--json")
    data = gradviz("train", LOSS, "--data", "line:n=30,noise=0,seed=4", *given).data
    assert data["parameters"] == pytest.approx({"W": 2, "b": 1}, abs=1e-6)
    assert "takes n, noise and seed" in gradviz("train", LOSS, "--data", "line:k=3", *given).err


def test_how_a_file_is_read_can_be_said(gradviz: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("1,5|b|2\n2,5|a|3\n3,5|b|1\n")
    read = ("--separator", "bar", "--decimal", "comma", "--header", "no", "--one-hot", "column2")
    bound = ("--bind", "x=column1,column2=a,column2=b", "--bind", "y=column3")
    data = gradviz("train", LOSS, "--data", str(path), *read, *bound, "--json").data
    assert len(data["parameters"]["W"]) == 3


def test_least_squares_stands_beside_the_normal_equations(gradviz: Run) -> None:
    given = ("--data", "line", "--steps", "400", "--closed-form", "--json")
    found = gradviz("train", LOSS, *given).data["closed_form"]
    assert found["model"] == "least squares"
    assert found["distance"] < 1e-12
    assert max(found["relative_difference"].values()) < 1e-12


def test_parameters_and_history_are_written(gradviz: Run, tmp_path: Path) -> None:
    files = (tmp_path / "p.npz", tmp_path / "h.json")
    answer = gradviz("train", LOSS, "--data", "line", "--parameters", str(files[0]), "-o", str(files[1]), "--json")
    assert float(np.load(files[0])["W"]) == answer.data["parameters"]["W"]
    assert json.loads(files[1].read_text()) == answer.data
    assert gradviz("train", LOSS, "--data", "line", "--parameters", "p.txt").code == 2


def test_the_loss_is_drawn_as_a_picture_of_its_own(gradviz: Run) -> None:
    answer = gradviz("train", "(y-(Wx+b))^2", "--data", "line", "--plot", "loss.svg", "--theme", "print")
    assert answer.code == 0
    drawn = ElementTree.parse("loss.svg").getroot()
    assert drawn.tag.endswith("svg")
    texts = ["".join(text.itertext()) for text in drawn.iter() if text.tag.endswith("text")]
    assert {"iteration", "0", "100"} <= set(texts)


def test_the_losses_of_all_rates_are_drawn_side_by_side_also_where_one_diverges(gradviz: Run) -> None:
    answer = gradviz("rates", "x^2", "x=10", "--rates", ".05,.2,1e6", "--steps", "60", "--plot", "rates.svg")
    assert answer.code == 0
    text = Path("rates.svg").read_text(encoding="utf-8")
    for words in ("ε = 0.05", "ε = 0.2, good", "too large"):
        assert words in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "x^2", "x=1", "--plot", "loss.png"), "--plot writes .svg, not .png: name it loss.svg"),
        (("train", "x^2", "x=1", "--plot", "nowhere/loss.svg"), "no folder nowhere"),
        (("rates", "x^2", "x=1", "--range", ".1..1", "--plot", "r.svg"), "--plot draws the losses of --rates"),
    ],
)
def test_a_plot_that_cannot_be_written_is_refused_before_anything_is_computed(
    gradviz: Run, arguments: tuple[str, ...], words: str
) -> None:
    answer = gradviz(*arguments)
    assert answer.code == 2
    assert words in answer.error
    assert answer.out == ""


def test_a_run_of_no_iterations_draws_nothing_and_says_so(gradviz: Run) -> None:
    answer = gradviz("train", "x^2", "x=1", "--steps", "0", "--plot", "loss.svg")
    assert answer.code == 0
    assert "was not written" in answer.err
    assert not Path("loss.svg").exists()
