"""PyTorch: the forward pass; autograd finds the gradient."""

from gradviz.core.op import POSTFIX, PRODUCT, UNARY
from gradviz.core.ops.activation import LEAK
from gradviz.errors import GraphError
from gradviz.text.code.dialect import Call, Code, Dialect, Rule
from gradviz.text.code.shared_table import functions, index_text, pools, shared_table, whole

_FUNCTIONS = (
    "exp log sin cos tan tanh sinh cosh asin acos atan asinh acosh atanh atan2 sqrt expm1 log1p log2 log10 "
    "sign abs floor maximum minimum relu sigmoid"
)

_GRADIENT = '''
def gradient({parameters}):
    """The derivative of the loss (of its sum, when it is an array) by each argument."""
    given = {arguments}
    leaves = {{name: leaf.detach().clone().requires_grad_() for name, leaf in given.items()}}
    total = loss(**leaves).sum()
    if total.requires_grad:
        total.backward()
    return {{name: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for name, leaf in leaves.items()}}
'''


_HELPERS = {
    "det": '''
def det(a):
    """The determinant. Its slope is the cofactor matrix, of a singular matrix too, where torch.linalg.det gives 0."""
    fixed = a.detach()
    u, s, vt = torch.linalg.svd(fixed)
    rest = [torch.cat([s[..., :i], s[..., i + 1 :]], dim=-1).prod(dim=-1) for i in range(s.shape[-1])]
    sign = torch.round(torch.linalg.det(u) * torch.linalg.det(vt))
    cofactor = sign[..., None, None] * ((u * torch.stack(rest, dim=-1)[..., None, :]) @ vt)
    return torch.linalg.det(fixed) + torch.sum((a - fixed) * cofactor, dim=(-2, -1))
''',
}


def _reduction(function: str, more: str = "", *, has_all: bool = True) -> Rule:
    """A reduction; over all axes the shape with keepdim is made by hand, for not every function takes both."""

    def rule(call: Call) -> str | Code:
        axis, keepdims = call.settings["axis"], call.settings["keepdims"]
        if axis is not None:
            return f"{function}({{0}}, dim={axis}{', keepdim=True' if keepdims else ''}{more})"
        along = "" if has_all else f", dim={tuple(range(call.rank))}"
        total = f"{function}({{0}}{along}{more})"
        return Code(f"{total}.reshape({call.shape})", POSTFIX) if keepdims else total

    return rule


def _index(call: Call) -> Code:
    for part in call.settings["index"]:
        if isinstance(part, tuple) and (part[2] or 1) < 0:
            raise GraphError("index with a negative step has no equivalent in PyTorch; use a positive step")
    return Code(f"{{0}}[{index_text(call.settings['index']) or '...'}]", POSTFIX, (POSTFIX,))


def _convolution(axes: int) -> Rule:
    def rule(call: Call) -> str:
        x, w = call.operands
        rows, kernels = with_channels(x, w, axes)
        return f"torch.nn.functional.conv{axes}d({{0}}.reshape({rows}), {{1}}.reshape({kernels})).reshape({call.shape})"

    return lambda call: Code(rule(call), POSTFIX, (POSTFIX, POSTFIX))


def with_channels(x: tuple[int, ...], w: tuple[int, ...], axes: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shapes (batch, channels, …) and (outputs, channels, …) of an input and a kernel."""
    kernels = (1, 1, *w) if len(w) == axes else w
    return (-1, kernels[1], *x[len(x) - axes :]), kernels


_TABLE: dict[str, Rule] = {
    **shared_table("torch", "dim"),
    **functions("torch", _FUNCTIONS),
    "index": _index,
    "concat": lambda call: (
        f"torch.cat([{', '.join(f'{{{i}}}' for i in range(len(call.operands)))}], dim={call.settings['axis']})"
    ),
    "cbrt": Code("torch.sign({0}) * torch.abs({0}) ** (1 / 3)", PRODUCT),
    "sum": _reduction("torch.sum"),
    "mean": _reduction("torch.mean"),
    "prod": _reduction("torch.prod"),
    "max": _reduction("torch.amax", has_all=False),
    "min": _reduction("torch.amin", has_all=False),
    "var": _reduction("torch.var", ", correction=0", has_all=False),
    "std": _reduction("torch.std", ", correction=0", has_all=False),
    "norm": _reduction("torch.linalg.vector_norm"),
    "logsumexp": _reduction("torch.logsumexp", has_all=False),
    "softmax": lambda call: f"torch.softmax({{0}}, dim={call.settings['axis']})",
    "log_softmax": lambda call: f"torch.log_softmax({{0}}, dim={call.settings['axis']})",
    **pools("dim", "amax"),
    "conv1d": _convolution(1),
    "conv2d": _convolution(2),
    "clip": "torch.where(torch.maximum({0}, {1}) > {2}, {2}, torch.where({0} < {1}, {1}, {0}))",
    "softplus": "torch.logaddexp({0}, torch.tensor(0.0))",
    "leaky_relu": f"torch.where({{0}} > 0.0, {{0}}, {LEAK} * {{0}})",
    "elu": "torch.nn.functional.elu({0})",
    "silu": "torch.nn.functional.silu({0})",
    "gelu": 'torch.nn.functional.gelu({0}, approximate="tanh")',
    "huber": "torch.where(torch.abs({0}) <= 1.0, 0.5 * {0} ** 2, torch.abs({0}) - 0.5)",
    "hinge": Code("torch.relu(1.0 - {0})", needs=(UNARY,)),
    "mse": Code("torch.mean(({0} - {1}) ** 2)", needs=(PRODUCT, PRODUCT)),
    "cross_entropy": Code('torch.nn.functional.cross_entropy({0}, {1}.long(), reduction="none")', needs=(0, POSTFIX)),
    "transpose": lambda call: Code("{0}.T", POSTFIX, (POSTFIX,)) if call.rank == 2 else "torch.transpose({0}, -1, -2)",
    "trace": "torch.sum(torch.diagonal({0}, dim1=-2, dim2=-1), dim=-1)",
    "inverse": "torch.linalg.inv({0})",
    "det": "det({0})",
    "solve": "torch.linalg.solve({0}, {1})",
    "take": lambda call: Code(f"{{0}}[{whole(call, 1, 'torch')}]", POSTFIX, (POSTFIX, POSTFIX)),
    "one_hot": lambda call: Code(f"torch.eye({call.settings['size']})[{whole(call, 0, 'torch')}]", POSTFIX, (POSTFIX,)),
}

TORCH = Dialect(
    title="PyTorch",
    library="torch",
    head="import torch\n\ntorch.set_default_dtype(torch.float64)",
    scalar="torch.tensor({})",
    array="{library}.tensor({numbers})",
    table=_TABLE,
    helpers=_HELPERS,
    gradient=_GRADIENT,
    calls_take_numbers=False,
)
