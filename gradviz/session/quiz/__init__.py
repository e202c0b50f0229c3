"""The quiz: numbers of a run that a person works out, checked, with the mistake named where it can be found.

questions.py   what can be asked of a run, and which of it is
mistakes.py    plausible wrong answers, computed from the graph at hand
quiz.py        one quiz: answers, hints, score
"""

from gradviz.session.quiz.questions import Asked, Question, Selected, questions
from gradviz.session.quiz.quiz import Quiz, State, Verdict

__all__ = ["Asked", "Question", "Quiz", "Selected", "State", "Verdict", "questions"]
