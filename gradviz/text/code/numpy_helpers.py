"""Functions that NumPy lacks, as they are written into a file that calls them."""

HELPERS = {
    "sigmoid": '''
def sigmoid(x):
    """1 / (1 + exp(-x)); by the sign of x, so that exp never overflows."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, small) / (1.0 + small)
''',
    "softmax": '''
def softmax(x, axis=-1):
    """exp(x) over its sum; shifted by the largest score, so that exp never overflows."""
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return weights / np.sum(weights, axis=axis, keepdims=True)
''',
    "log_softmax": '''
def log_softmax(x, axis=-1):
    """The logarithm of softmax, in one piece so that small probabilities do not become log 0."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
''',
    "logsumexp": '''
def logsumexp(x, axis=None, keepdims=False):
    """The logarithm of the sum of exp(x), shifted by the largest element."""
    highest = np.max(x, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    total = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return total if keepdims else np.squeeze(total, axis=axis)
''',
    "cross_entropy": '''
def cross_entropy(z, y):
    """-log softmax(z)[y]; for rows of scores one class a row."""
    shifted = z - np.max(z, axis=-1, keepdims=True)
    scores = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    classes = np.asarray(y, dtype=int)
    return -np.take_along_axis(scores, classes[..., None], axis=-1)[..., 0]
''',
    "cofactor": '''
def cofactor(a):
    """The cofactor matrix, the slope of the determinant; of a singular matrix too."""
    u, s, vt = np.linalg.svd(a)
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(s.shape[-1])], axis=-1)
    sign = np.round(np.linalg.det(u) * np.linalg.det(vt))
    return sign[..., None, None] * ((u * others[..., None, :]) @ vt)
''',
    "place": '''
def place(g, index, shape):
    """Zeros, with g at that index: what flows back through x[index]."""
    result = np.zeros(shape)
    result[index] = g
    return result
''',
    "put": '''
def put(g, i, shape):
    """Zeros, with g added at element i: what flows back through v[i]."""
    result = np.zeros(shape)
    np.add.at(result, i, g)
    return result
''',
    "put_each": '''
def put_each(g, i, shape):
    """Rows of zeros, with g[n] at element i[n] of row n."""
    result = np.zeros(shape)
    result[np.arange(shape[0]), i] = g
    return result
''',
    "correlate": '''
def correlate(x, w, axes, shape):
    """The kernel w slid over x: at each place the sum of the products."""
    kernels = w[None, None] if w.ndim == axes else w
    rows = x.reshape(-1, kernels.shape[1], *x.shape[x.ndim - axes :])
    places = shape[len(shape) - axes :]
    total = np.zeros((len(rows), len(kernels), *places))
    for offset in np.ndindex(*kernels.shape[2:]):
        covered = rows[(..., *(slice(o, o + n) for o, n in zip(offset, places)))]
        total += np.moveaxis(np.tensordot(covered, kernels[(..., *offset)], axes=(1, 1)), -1, 1)
    return total.reshape(shape)
''',
    "spread_back": '''
def spread_back(g, w, axes, shape):
    """The adjoint of a convolution slid back over its input."""
    kernels = w[None, None] if w.ndim == axes else w
    places = g.shape[g.ndim - axes :]
    upstream = g.reshape(-1, len(kernels), *places)
    total = np.zeros((len(upstream), kernels.shape[1], *shape[len(shape) - axes :]))
    for offset in np.ndindex(*kernels.shape[2:]):
        sent = np.tensordot(upstream, kernels[(..., *offset)], axes=(1, 0))
        total[(..., *(slice(o, o + n) for o, n in zip(offset, places)))] += np.moveaxis(sent, -1, 1)
    return total.reshape(shape)
''',
    "weigh": '''
def weigh(x, g, axes, shape):
    """The input of a convolution weighed by its adjoint: what the kernel receives."""
    rows = x.reshape(-1, 1 if len(shape) == axes else shape[1], *x.shape[x.ndim - axes :])
    places = g.shape[g.ndim - axes :]
    upstream = g.reshape(len(rows), -1, *places)
    summed = (0, *range(2, 2 + axes))
    result = np.zeros((upstream.shape[1], rows.shape[1], *shape[len(shape) - axes :]))
    for offset in np.ndindex(*result.shape[2:]):
        covered = rows[(..., *(slice(o, o + n) for o, n in zip(offset, places)))]
        result[(..., *offset)] = np.tensordot(upstream, covered, axes=(summed, summed))
    return result.reshape(shape)
''',
}
"""Their source by name. They call no other helper, and their names are never given to a variable."""
