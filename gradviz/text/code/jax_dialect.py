"""JAX: the forward pass; jax.grad finds the gradient."""

from gradviz.core.op import POSTFIX, PRODUCT, UNARY
from gradviz.core.ops.activation import LEAK
from gradviz.text.code.dialect import Call, Code, Dialect, Rule
from gradviz.text.code.numpy_dialect import along_axis, reduction, transposed
from gradviz.text.code.shared_table import NUMPY_NAMES, functions, pools, shared_table, whole
from gradviz.text.code.torch_dialect import with_channels

_GRADIENT = '''
def gradient({parameters}):
    """The derivative of the loss (of its sum, when it is an array) by each argument."""
    leaves = {arguments}
    return jax.grad(lambda leaves: jnp.sum(loss(**leaves)))(leaves) if leaves else {{}}
'''

_HELPERS = {
    "norm": '''
def norm(x, axis=None, keepdims=False):
    """The Euclidean length; its slope at the zero vector is 0, where that of a plain root is NaN."""
    squares = jnp.sum(x**2, axis=axis, keepdims=keepdims)
    return jnp.where(squares > 0.0, jnp.sqrt(jnp.where(squares > 0.0, squares, 1.0)), 0.0)
''',
    "std": '''
def std(x, axis=None, keepdims=False):
    """The standard deviation; its slope is 0 where all elements are equal."""
    variance = jnp.var(x, axis=axis, keepdims=keepdims)
    return jnp.where(variance > 0.0, jnp.sqrt(jnp.where(variance > 0.0, variance, 1.0)), 0.0)
''',
    "cross_entropy": '''
def cross_entropy(z, y):
    """-log softmax(z)[y]; for rows of scores one class a row."""
    classes = jnp.asarray(y, dtype=int)
    return -jnp.take_along_axis(jax.nn.log_softmax(z), classes[..., None], axis=-1)[..., 0]
''',
}


def _convolution(axes: int) -> Rule:
    def rule(call: Call) -> Code:
        x, w = call.operands
        rows, kernels = with_channels(x, w, axes)
        sides = f'{(1,) * axes}, "VALID"'
        pattern = f"jax.lax.conv({{0}}.reshape({rows}), {{1}}.reshape({kernels}), {sides}).reshape({call.shape})"
        return Code(pattern, POSTFIX, (POSTFIX, POSTFIX))

    return rule


_TABLE: dict[str, Rule] = {
    **shared_table("jnp", "axis"),
    **functions("jnp", NUMPY_NAMES),
    **functions("jax.nn", "relu sigmoid softplus silu elu"),
    **{name: reduction(f"jnp.{name}") for name in ("sum", "mean", "max", "min", "var", "prod")},
    **{name: reduction(name) for name in ("norm", "std")},
    "logsumexp": reduction("jax.nn.logsumexp"),
    **{name: along_axis(f"jax.nn.{name}") for name in ("softmax", "log_softmax")},
    **pools("axis", "max"),
    "conv1d": _convolution(1),
    "conv2d": _convolution(2),
    "abs": Code("{0} * jnp.sign({0})", PRODUCT, (PRODUCT + 1,)),  # jnp.abs has slope 1 at 0
    "clip": "jnp.where(jnp.maximum({0}, {1}) > {2}, {2}, jnp.where({0} < {1}, {1}, {0}))",
    "leaky_relu": f"jnp.where({{0}} > 0.0, {{0}}, {LEAK} * {{0}})",
    "gelu": "jax.nn.gelu({0}, approximate=True)",
    "huber": "jnp.where(jnp.abs({0}) <= 1.0, 0.5 * {0} ** 2, jnp.abs({0}) - 0.5)",
    "hinge": Code("jax.nn.relu(1.0 - {0})", needs=(UNARY,)),
    "mse": Code("jnp.mean(({0} - {1}) ** 2)", needs=(PRODUCT, PRODUCT)),
    "cross_entropy": "cross_entropy({0}, {1})",
    "transpose": transposed("jnp"),
    "trace": "jnp.trace({0}, axis1=-2, axis2=-1)",
    "inverse": "jnp.linalg.inv({0})",
    "det": "jnp.linalg.det({0})",
    "solve": "jnp.linalg.solve({0}, {1})",
    "take": lambda call: Code(f"{{0}}[{whole(call, 1, 'jnp')}]", POSTFIX, (POSTFIX,)),
}

JAX = Dialect(
    title="JAX",
    library="jnp",
    head='import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)',
    scalar="jnp.array({})",
    table=_TABLE,
    helpers=_HELPERS,
    gradient=_GRADIENT,
)
