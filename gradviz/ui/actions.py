"""Every action of the window in one table: its words, menu, shortcut and what it says in its tooltip.

The toolbar, the menus, the command palette and the list of shortcuts are all made from this table, so nothing can be
in one and missing in another. What an action does is a method of that name in the window's commands.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

MENUS = {"file": "&File", "edit": "&Edit", "run": "&Run", "train": "&Train", "view": "&View",
         "labs": "La&boratories", "learn": "&Learn", "window": "&Window", "help": "&Help", "copy_as": "Copy as",
         "choose": "Select", "align": "Align", "paint": "Colour"}  # fmt: skip
SUBMENUS = {"copy_as": "copy", "choose": "find", "align": "find", "paint": "find"}
"""Menus that stand in another one, below this action."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One action. keys: its shortcuts, the first is shown. group: actions of which one is checked."""

    key: str
    menu: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    is_checkable: bool = False
    group: str = ""
    is_after_line: bool = False
    """True when a line separates it from the entry before."""


def _spec(menu: str, key: str, text: str, keys: str, tip: str, **more: object) -> Spec:
    return Spec(key, menu, text, tip, tuple(k for k in keys.split(" or ") if k), **more)  # type: ignore[arg-type]


SPECS: tuple[Spec, ...] = (
    _spec("file", "new", "&New", "Ctrl+N", "Start a new, empty document"),
    _spec("file", "open", "&Open…", "Ctrl+O", "Open documents; every further one gets a window of its own"),
    _spec("file", "save", "&Save", "Ctrl+S", "Save the document", is_after_line=True),
    _spec("file", "save_as", "Save &as…", "Ctrl+Shift+S", "Save the document under another name"),
    _spec("file", "export", "&Export a picture…", "Ctrl+E", "Save the graph as a picture", is_after_line=True),
    _spec("file", "export_report", "Export a &report…", "Ctrl+Alt+E",
          "Save formula, graph, derivations, values and training as a web page to hand in"),
    _spec("file", "export_replay", "Export a rep&lay…", "Ctrl+Alt+W",
          "Save the run as a web page whose steps can be walked through in any browser"),
    _spec("file", "close", "&Close the window", "Ctrl+W", "Close this window, after asking about its unsaved work",
          is_after_line=True),
    _spec("file", "quit", "&Quit", "Ctrl+Q", "Close all windows, after asking about the unsaved work of each"),
    _spec("edit", "undo", "&Undo", "Ctrl+Z", "Take the last change back"),
    _spec("edit", "redo", "&Redo", "Ctrl+Shift+Z or Ctrl+Y", "Make the change again that was taken back"),
    _spec("edit", "history", "&History…", "Ctrl+Alt+Z", "All changes by name; a click goes back or forward to one"),
    _spec("edit", "edit_formula", "Edit the f&ormula", "Ctrl+L", "Go to the formula field", is_after_line=True),
    _spec("edit", "quick_add", "&Add…", "Ctrl+Space",
          "Add an operation, a name, a number or a part of a formula (on the graph also Space or Tab)"),
    _spec("edit", "replace", "Replace b&y…", "Ctrl+R", "Put another operation in place of the selected one"),
    _spec("edit", "rename", "R&ename…", "F2", "Give the selected leaf, operation or block another name"),
    _spec("edit", "edit_value", "Type an e&xact value…", "",
          "Type the value of the selected leaf or number on its card (on the graph Enter, or a double click)"),
    _spec("edit", "cut", "Cu&t", "Ctrl+X", "Copy the selected part as formula text, and delete it", is_after_line=True),
    _spec("edit", "copy", "&Copy", "Ctrl+C", "Copy the selected part as formula text"),
    _spec("copy_as", "copy_plain", "&Plain text", "", "Copy the formula, or the selected part, as on paper"),
    _spec("copy_as", "copy_functions", "&Function notation", "", "Copy it as nested calls, sq(sub(y, x))"),
    _spec("copy_as", "copy_latex", "&LaTeX", "", "Copy it as LaTeX"),
    _spec("copy_as", "copy_numpy", "&NumPy", "",
          "Copy a Python file that gives its value and, written out, its gradient", is_after_line=True),
    _spec("copy_as", "copy_torch", "P&yTorch", "", "Copy a Python file that gives its value and gradient with PyTorch"),
    _spec("copy_as", "copy_jax", "&JAX", "", "Copy a Python file that gives its value and gradient with JAX"),
    _spec("edit", "paste", "&Paste", "Ctrl+V", "Add copied formula text, in the open port that is selected or loose"),
    _spec("edit", "duplicate", "Dup&licate", "Ctrl+D", "Add a copy of the selected part"),
    _spec("edit", "delete", "&Delete", "Del", "Take the selected nodes out, or the selected wire off its port"),
    _spec("edit", "set_output", "&Mark as the output", "Ctrl+Shift+O", "Make the selected node what is differentiated",
          is_after_line=True),
    _spec("edit", "connect", "Draw a w&ire…", "Ctrl+Alt+C",
          "Choose by keys where the selected node, open port or edge is connected (on the graph also C)"),
    _spec("edit", "swap", "S&wap the operands", "Ctrl+Shift+X", "Exchange two operands of the selected operation"),
    _spec("edit", "fold", "Fold into a &block…", "Ctrl+G", "Make one block with a name of the selected nodes",
          is_after_line=True),
    _spec("edit", "unfold", "Un&fold or fold the block", "Ctrl+U", "Look into the selected block, or close it again"),
    _spec("edit", "select_block", "&Grow to the block around", "Ctrl+Shift+U",
          "Select all of the unfolded block around; again selects the one around that"),
    _spec("edit", "dissolve", "Di&ssolve the block", "Ctrl+Shift+G", "Make plain nodes of the selected block"),
    _spec("edit", "keep_own", "&Keep as my op", "", "Keep the selected block in the palette of every document"),
    _spec("edit", "add_note", "Lea&ve a note", "Ctrl+M",
          "Write a note on the graph; with a node selected beside it, with an arrow to it", is_after_line=True),
    _spec("edit", "find", "Find a &node…", "Ctrl+F", "Find a node by its name or operation, or a note by its text",
          is_after_line=True),
    _spec("choose", "select_all", "&All", "Ctrl+A", "Select all nodes"),
    _spec("choose", "select_path", "The &path between", "Ctrl+Alt+P", "Select all that lies between selected nodes"),
    _spec("choose", "select_before", "What it &depends on", "Ctrl+Shift+Left", "Select all that leads to it"),
    _spec("choose", "select_after", "What depends &on it", "Ctrl+Shift+Right", "Select all that it leads to"),
    _spec("align", "align_left", "&Left sides", "", "Move the selected cards so that their left sides are in line"),
    _spec("align", "align_centre", "&Centres", "", "Move the selected cards so that they stand below each other"),
    _spec("align", "align_right", "&Right sides", "", "Move the selected cards so that their right sides are in line"),
    _spec("align", "align_top", "&Tops", "", "Move the selected cards so that their tops are in line"),
    _spec("align", "align_middle", "&Middles", "", "Move the selected cards so that they stand beside each other"),
    _spec("align", "align_bottom", "&Bottoms", "", "Move the selected cards so that their lower sides are in line"),
    _spec("align", "spread_across", "Distribute &across", "", "Give the selected cards equal gaps from left to right",
          is_after_line=True),
    _spec("align", "spread_down", "Distribute &down", "", "Give the selected cards equal gaps from top to bottom"),
    _spec("paint", "colour", "From a &list…", "Ctrl+Shift+C", "Give the selected cards, or the chosen note, a colour"),
    *(_spec("paint", f"colour_{name}", text, "", f"Make the selected cards, or the chosen note, {name}")
      for name, text in (("red", "&Red"), ("orange", "&Orange"), ("yellow", "&Yellow"), ("green", "&Green"),
                         ("blue", "&Blue"), ("purple", "&Purple"), ("grey", "Gr&ey"))),
    _spec("paint", "colour_none", "&None", "", "Take the colour off the selected cards or the chosen note"),
    _spec("run", "step", "&Step", "F10", "Do the next node (on the graph also .)"),
    _spec("run", "into", "Step &into", "F11", "Do the next edge"),
    _spec("run", "out", "Step &out", "Shift+F11", "Run to the end of the phase"),
    _spec("run", "continue", "&Continue", "F5", "Run to the next breakpoint or the end"),
    _spec("run", "run_to", "Run &to the node", "Ctrl+F10", "Run until something happens at the selected node"),
    _spec(
        "run", "back", "Step &back", "Ctrl+Shift+F10", "Take the last node back (on the graph also ,)",
        is_after_line=True,
    ),
    _spec("run", "back_into", "Step back i&nto", "Ctrl+Shift+F11", "Take the last edge back"),
    _spec("run", "back_out", "Step back o&ut", "Ctrl+Alt+Shift+F11", "Go back to the start of the phase"),
    _spec("run", "reverse", "&Reverse-continue", "Ctrl+Shift+F6", "Run back to the last breakpoint or the start"),
    _spec("run", "run_back_to", "Run back to the no&de", "Ctrl+Alt+F10", "Go back until something was done there"),
    _spec("run", "restart", "R&estart", "Ctrl+Shift+F5", "Go to the start of the run", is_after_line=True),
    _spec("run", "overview", "Show e&verything", "Ctrl+End", "Show all values and derivatives, with no current step"),
    _spec("run", "breakpoint", "Brea&kpoint", "F9", "Put a breakpoint on the selected node or edge, or take it away",
          is_after_line=True),
    _spec("run", "check_gradients", "Check the &gradients", "Ctrl+Shift+K",
          "Hold what came back at every node against differences and symbols"),
    _spec("run", "clear_breakpoints", "C&lear breakpoints", "Ctrl+Shift+F9", "Take all breakpoints away"),
    _spec("run", "stop_at_nan", "Stop at N&aN or ∞", "", "Stop where the first value is not finite", is_checkable=True),
    _spec("train", "train", "&Train", "Ctrl+T", "Run gradient descent; again to pause"),
    _spec("train", "pause", "&Pause", "F6", "Stop training after the present iteration"),
    _spec("train", "single", "&One iteration", "Ctrl+I", "Do one iteration and look at it"),
    _spec("train", "stop", "&Stop and reset", "Shift+F5", "Stop training and take the parameters back to the start"),
    _spec("train", "adopt", "&Keep these parameters", "", "Write the trained parameters into the document"),
    _spec("train", "previous_sample", "P&revious sample", "Alt+Left", "Show the run of the sample before",
          is_after_line=True),
    _spec("train", "next_sample", "&Next sample", "Alt+Right", "Show the run of the next sample"),
    _spec("train", "go_to_sample", "&Go to a sample…", "Ctrl+J", "Show the run of the sample of a number"),
    _spec("train", "worst_sample", "Sample with the largest &loss", "", "Find the sample with the largest loss"),
    _spec("train", "steepest_sample", "Sample with the longest gr&adient", "",
          "Find the sample that pulls the parameters most"),
    _spec("train", "sum_samples", "S&um of all samples", "Ctrl+Alt+S",
          "Show on the graph what all samples add up to, instead of one sample", is_checkable=True),
    _spec("train", "sample_gradients", "Gradients of the sa&mples", "Ctrl+Alt+R",
          "Each sample's gradient, their sum, and the gradient of the batch"),
    _spec("train", "data", "&Data…", "Ctrl+Shift+D", "Choose a table and bind its columns", is_after_line=True),
    _spec("train", "training_settings", "S&ettings…", "Ctrl+Shift+T", "Learning rate, iterations, optimizer, batches"),
    _spec("view", "fit", "&Fit the graph", "Ctrl+0", "Show the whole graph"),
    _spec("view", "zoom_in", "Zoom &in", "Ctrl++ or Ctrl+=", "Show the graph larger"),
    _spec("view", "zoom_out", "Zoom &out", "Ctrl+-", "Show the graph smaller"),
    _spec("view", "tidy", "Tid&y up", "Ctrl+Shift+L", "Lay all nodes out anew; none stays pinned", is_after_line=True),
    _spec("view", "flow_right", "V&alues flow to the right", "Ctrl+Alt+Right", "Lay the graph out from left to right",
          is_checkable=True, group="flow"),
    _spec("view", "flow_up", "Values flow from the &bottom up", "Ctrl+Alt+Up", "Lay the graph out from bottom to top",
          is_checkable=True, group="flow"),
    _spec("view", "flow_down", "Valu&es flow downwards", "Ctrl+Alt+Down", "Lay the graph out from top to bottom",
          is_checkable=True, group="flow"),
    _spec("view", "commands", "&Command palette…", "Ctrl+Shift+P", "Find any command by its name", is_after_line=True),
    _spec("view", "flow", "&Where the gradient goes", "Ctrl+Shift+F",
          "Show by thickness and colour how much flows back where, and list the paths", is_checkable=True,
          is_after_line=True),
    _spec("view", "dresses", "T&he formula in every dress", "Ctrl+Shift+E",
          "Typeset, as text, as LaTeX and as code, side by side; what is pointed at lights up everywhere"),
    _spec("view", "derivation", "The deriva&tion, line by line", "Ctrl+Shift+J",
          "Unroll the chain rule one factor at a time, each line tied to its edge, down to the number"),
    _spec("view", "pin", "&Pin the node or edge", "Ctrl+P", "Keep what the inspector shows in view, beside others"),
    _spec("view", "keep_run", "&Keep this run", "Ctrl+K", "Remember the shown run, and compare others with it"),
    _spec("view", "theme_system", "Theme of the &system", "", "Follow the system's light or dark mode",
          is_checkable=True, group="theme", is_after_line=True),
    _spec("view", "theme_light", "&Light theme", "", "Always light", is_checkable=True, group="theme"),
    _spec("view", "theme_dark", "&Dark theme", "", "Always dark", is_checkable=True, group="theme"),
    _spec("view", "animate", "&Glide to new places", "", "Let nodes glide when the graph changes", is_checkable=True,
          is_after_line=True),
    _spec("view", "message_usual", "&Messages travel along the edges", "", "Each step's message travels along its edge",
          is_checkable=True, group="message"),
    _spec("view", "message_slow", "Messages tra&vel slowly", "", "Each step's message travels slowly along its edge",
          is_checkable=True, group="message"),
    _spec("view", "message_off", "&No messages", "", "Nothing travels along the edges", is_checkable=True,
          group="message"),
    _spec("view", "reset_docks", "&Reset the docks", "", "Put all panels back where they were at first"),
    _spec("view", "full_screen", "F&ull screen", "Ctrl+Alt+F", "Use the whole screen", is_checkable=True),
    _spec("labs", "lab_order", "&Order of the backward pass…", "",
          "Recursion against topological order: calls, and where numbers go wrong"),
    _spec("labs", "lab_zeroing", "Forgotten &zeros…", "", "Backward called twice, and a descent that never forgets"),
    _spec("labs", "lab_modes", "&Forward and reverse mode…", "", "Tangents beside adjoints, and what each mode takes"),
    _spec("learn", "op_page", "About the &operation", "F1",
          "The page of the selected operation: its derivative, curves, kinks and traps"),
    _spec("learn", "op_pages", "&All operations…", "", "The pages of all operations"),
    _spec("learn", "lecture", "&Lecture", "Ctrl+Alt+L",
          "From a loss to learning in twelve stops, each a graph to play with, in a window of its own",
          is_after_line=True),
    _spec("learn", "quiz", "&Quiz…", "Ctrl+Alt+Q", "Work out hidden values and derivatives of this graph yourself"),
    _spec("learn", "present", "&Present", "Ctrl+F11", "Full screen, large type, steps by arrow keys or a clicker",
          is_after_line=True),
    _spec("learn", "present_choice", "&What a presentation shows…", "", "Choose the panels of a presentation"),
    _spec("learn", "teach", "&Teacher mode…", "", "Hide panels, controls or numbers in this document",
          is_after_line=True),
    _spec("window", "new_window", "&New window", "Ctrl+Shift+N", "Open one more window, with a document of its own"),
    _spec("window", "next_window", "Ne&xt window", "Ctrl+F6", "Bring the next window to the front"),
    _spec("window", "next_panel", "Next &panel", "Ctrl+Tab", "Give the keys to the next panel", is_after_line=True),
    _spec("window", "previous_panel", "P&revious panel", "Ctrl+Shift+Tab", "Give the keys to the panel before"),
    _spec("help", "shortcuts", "&Keyboard shortcuts", "Ctrl+F1", "All shortcuts on one page"),
    _spec("help", "language", "&Formula language", "", "How formulas are written"),
    _spec("help", "about", "&About gradviz", "", "Versions and licences", is_after_line=True),
)  # fmt: skip

BY_KEY: Mapping[str, Spec] = {spec.key: spec for spec in SPECS}

NEEDS_RUN = (
    "select_all", "select_path", "select_before", "select_after", "align_left", "align_centre", "align_right",
    "align_top", "align_middle", "align_bottom", "spread_across", "spread_down", "tidy",
    "step", "into", "out", "continue", "run_to", "back", "back_into", "back_out", "reverse", "run_back_to", "restart",
    "overview", "breakpoint", "clear_breakpoints", "export", "find", "copy", "cut", "delete", "duplicate", "replace",
    "export_report", "export_replay",
    "rename", "edit_value", "set_output", "connect", "swap", "fold", "unfold", "select_block", "dissolve", "keep_own",
    "colour", "colour_red", "colour_orange", "colour_yellow", "colour_green", "colour_blue", "colour_purple",
    "colour_grey", "colour_none",
    "fit", "zoom_in", "copy_plain", "copy_functions", "copy_latex", "copy_numpy", "copy_torch", "copy_jax",
    "zoom_out", "train", "single", "stop", "training_settings", "quiz", "present",
)  # fmt: skip
"""Actions that make sense only when there is a formula."""


class Actions:
    """The QActions of one window, by key; triggering one calls the handler of that key."""

    def __init__(self, parent: QObject, handlers: Mapping[str, Callable[[], object]]) -> None:
        self._groups: dict[str, QActionGroup] = {}
        self._by_key = {spec.key: self._make(spec, parent, handlers[spec.key]) for spec in SPECS}

    def __getitem__(self, key: str) -> QAction:
        return self._by_key[key]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._by_key.values())

    def _make(self, spec: Spec, parent: QObject, handler: Callable[[], object]) -> QAction:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.key)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip(tooltip(spec))
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.is_checkable)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setMenuRole(QAction.MenuRole.NoRole)
        if spec.group:
            self._groups.setdefault(spec.group, QActionGroup(parent)).addAction(action)
        action.triggered.connect(lambda _checked=False: handler())
        return action


def tooltip(spec: Spec) -> str:
    """What an action does, with its shortcut."""
    return f"{spec.tip}  ({shortcut_text(spec.key)})" if spec.keys else spec.tip


def shortcut_text(key: str) -> str:
    """The action's first shortcut as people write it on this system; "" when it has none."""
    keys = BY_KEY[key].keys
    return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


def short_shortcut(key: str) -> str:
    """The same in small: ⇧F11 for Shift+F11."""
    return shortcut_text(key).replace("Shift+F", "⇧F")


def words(text: str) -> str:
    """An action's text without the mark of its mnemonic."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")
