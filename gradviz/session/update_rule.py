"""How the updates of the shown run came about, as an explanation says it."""

from gradviz.core.trace import Trace
from gradviz.session.session import Session
from gradviz.text.explain import UpdateRule


def update_rule(session: Session, trace: Trace) -> UpdateRule:
    """How the trace's updates came about; plain descent says what gradient it used."""
    training = session.document.project.training
    used = {}
    if training.optimizer == "sgd" and training.rate:
        used = {name: (trace.value(name) - after) / training.rate for name, after in trace.updates.items()}
    count = session.sample_count
    return UpdateRule(training.rate, training.optimizer, used, min(training.batch or count, count) or None)
