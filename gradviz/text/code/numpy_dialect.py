"""NumPy: value and gradient both written out, so every op that a derivative is made of is here too."""

from gradviz.core.op import POSTFIX, POWER, PRODUCT, UNARY
from gradviz.core.ops.activation import GELU_SCALE, LEAK
from gradviz.text.code.dialect import Call, Code, Dialect, Rule
from gradviz.text.code.numpy_helpers import HELPERS
from gradviz.text.code.shared_table import NUMPY_NAMES, functions, index_text, pools, shared_table, whole


def reduction(function: str) -> Rule:
    """A reduction that takes NumPy's words for its settings."""

    def rule(call: Call) -> str:
        axis, keepdims = call.settings["axis"], call.settings["keepdims"]
        along = "" if axis is None else f", axis={axis}"
        return f"{function}({{0}}{along}{', keepdims=True' if keepdims else ''})"

    return rule


def along_axis(function: str) -> Rule:
    """A function along one axis, the last where nothing is said."""

    def rule(call: Call) -> str:
        axis = call.settings["axis"]
        return f"{function}({{0}}{'' if axis == -1 else f', axis={axis}'})"

    return rule


def transposed(library: str) -> Rule:
    """X.T of a matrix; of a stack of matrices each is transposed."""
    return lambda call: Code("{0}.T", POSTFIX, (POSTFIX,)) if call.rank == 2 else f"{library}.swapaxes({{0}}, -1, -2)"


def summed_axes(call: Call) -> tuple[int, ...]:
    """The axes over which an array is summed to fit a shape that was broadcast to it."""
    given, shape = call.operands[0], call.shape
    extra = len(given) - len(shape)
    return (*range(extra), *(extra + i for i, n in enumerate(shape) if n == 1 and given[extra + i] != 1))


def sum_to(library: str) -> Rule:
    """The sum over the axes that broadcasting added."""

    def rule(call: Call) -> str | Code:
        axes = summed_axes(call)
        if len(axes) == call.rank and not call.shape:
            return f"{library}.sum({{0}})"
        total = f"{library}.sum({{0}}, axis={axes})"
        extra = call.rank - len(call.shape)
        is_fitting = axes == tuple(range(extra))
        return total if is_fitting else Code(f"{total}.reshape({call.shape})", POSTFIX)

    return rule


def repeated(axes: int) -> Rule:
    """Each element repeated over a block along each of the last axes."""

    def rule(call: Call) -> str:
        text = "{0}"
        for axis in range(call.rank - axes, call.rank):
            text = f"np.repeat({text}, {call.settings['size']}, axis={axis})"
        return text

    return rule


def _convolution(axes: int) -> dict[str, Rule]:
    def rule(helper: str) -> Rule:
        return lambda call: f"{helper}({{0}}, {{1}}, {axes}, {call.shape})"

    return {
        f"conv{axes}d": rule("correlate"),
        f"conv{axes}d_spread": rule("spread_back"),
        f"conv{axes}d_kernel": rule("weigh"),
    }


_TABLE: dict[str, Rule] = {
    **shared_table("np", "axis"),
    **functions("np", NUMPY_NAMES),
    **{name: f"{name}({{0}})" for name in ("sigmoid", "cofactor")},
    **{name: reduction(f"np.{name}") for name in ("sum", "mean", "max", "min", "var", "std", "prod")},
    "norm": reduction("np.linalg.norm"),
    "logsumexp": reduction("logsumexp"),
    **{name: along_axis(name) for name in ("softmax", "log_softmax")},
    **pools("axis", "max"),
    "unpool1d": repeated(1),
    "unpool2d": repeated(2),
    **_convolution(1),
    **_convolution(2),
    "clip": "np.minimum(np.maximum({0}, {1}), {2})",
    "relu": "np.maximum({0}, 0.0)",
    "softplus": "np.logaddexp({0}, 0.0)",
    "leaky_relu": f"np.where({{0}} > 0.0, {{0}}, {LEAK} * {{0}})",
    "elu": "np.where({0} > 0.0, {0}, np.expm1(np.minimum({0}, 0.0)))",
    "silu": Code("{0} * sigmoid({0})", PRODUCT, (PRODUCT,)),
    "gelu": Code(
        f"0.5 * {{0}} * (1.0 + np.tanh({GELU_SCALE!r} * ({{0}} + 0.044715 * {{0}} ** 3)))", PRODUCT, (POWER + 1,)
    ),
    "huber": "np.where(np.abs({0}) <= 1.0, 0.5 * {0} ** 2, np.abs({0}) - 0.5)",
    "hinge": Code("np.maximum(1.0 - {0}, 0.0)", needs=(UNARY,)),
    "mse": Code("np.mean(({0} - {1}) ** 2)", needs=(PRODUCT, PRODUCT)),
    "cross_entropy": "cross_entropy({0}, {1})",
    "transpose": transposed("np"),
    "trace": "np.trace({0}, axis1=-2, axis2=-1)",
    "inverse": "np.linalg.inv({0})",
    "det": "np.linalg.det({0})",
    "solve": "np.linalg.solve({0}, {1})",
    "sum_to": sum_to("np"),
    "take": lambda call: Code(f"{{0}}[{whole(call, 1, 'np')}]", POSTFIX, (POSTFIX,)),
    "pick": lambda call: Code(f"{{0}}[np.arange({call.operands[0][0]}), {whole(call, 1, 'np')}]", POSTFIX, (POSTFIX,)),
    "place": lambda call: f"place({{0}}, np.s_[{index_text(call.settings['index']) or '...'}], {call.shape})",
    "put": lambda call: f"put({{0}}, {whole(call, 1, 'np')}, {call.shape})",
    "put_each": lambda call: f"put_each({{0}}, {whole(call, 1, 'np')}, {call.shape})",
}

NUMPY = Dialect(
    title="NumPy",
    library="np",
    head="import numpy as np",
    scalar="np.float64({})",
    table=_TABLE,
    helpers=HELPERS,
)
