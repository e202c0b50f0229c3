"""`gradviz hessian`: second derivatives on the command line."""

from e2e.conftest import Run


def test_hessian_has_the_promised_keys_and_numbers(gradviz: Run) -> None:
    found = gradviz("hessian", "x^2 y", "x=3", "y=5", "--json").data
    assert found["labels"] == ["x", "y"]
    assert found["hessian"] == [[10, 6], [6, 0]]
    assert list(found) == ["labels", "hessian", "curvatures"]


def test_table_says_how_the_surface_bends(gradviz: Run) -> None:
    assert "a saddle" in gradviz("hessian", "x y", "x=3", "y=5").out
    assert "upwards in every direction" in gradviz("hessian", "x^2 + y^2", "x=3", "y=5").out
    assert "downwards in every direction" in gradviz("hessian", "-x^2", "x=3").out
    assert "it is flat" in gradviz("hessian", "2x", "x=3").out


def test_leaves_can_be_chosen(gradviz: Run) -> None:
    answer = gradviz("hessian", "sum((A w)^2)", "A=[[1,2],[3,4]]", "w=[1,1]", "--wrt", "w", "--json")
    assert answer.data["hessian"] == [[20, 28], [28, 40]]  # 2 AᵀA
    assert answer.data["labels"] == ["w[0]", "w[1]"]


def test_array_output_is_refused_with_the_remedy(gradviz: Run) -> None:
    answer = gradviz("hessian", "w^2", "w=[1,2]")
    assert answer.code == 2
    assert "put sum(…) or mean(…) around it" in answer.error
