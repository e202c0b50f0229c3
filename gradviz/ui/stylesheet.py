"""The stylesheet of the window, written once with the theme's token names in place of colours.

Measures are multiples of 4, radii 8, lines one pixel. Widgets choose a look by their object name or by the
property `look`: "header", "muted", "number", "card", "field", "flat", "primary", "chip", "error".
"""

from string import Template

from gradviz import resources
from gradviz.export.theme import Theme

_SHEET = Template("""
QMainWindow { background: $panel; color: $text; }
QDialog, QMessageBox { background: $window; color: $text; }
QWidget { color: $text; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 6px; }

QMenuBar { background: $panel; padding: 1px 8px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $grid; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $value_pill; color: $text; }
QMenu::item:disabled { color: $not_yet; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::indicator { width: 12px; height: 12px; margin-left: 6px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $line; padding: 0; spacing: 0; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $value; }
QDockWidget { color: $text; }
QDockWidget > QWidget { background: $panel; }
#column, #columnBody, #formulaBar, #transport { background: $panel; }

QLabel { background: transparent; }
QLabel[look="header"] { color: $muted; font-size: 11px; font-weight: 600; letter-spacing: 0.6px; }
QLabel[look="muted"] { color: $muted; font-size: 12px; }
QLabel[look="small"] { color: $muted; font-size: 11px; }
QLabel[look="number"] { font-family: "JetBrains Mono"; font-size: 12px; }
QLabel[ink="value"] { color: $value; }
QLabel[ink="derivative"] { color: $derivative; }
QLabel[ink="muted"] { color: $muted; }
QLabel[ink="parameter"] { color: $parameter; }
QLabel[ink="error"] { color: $error; }
QLabel[look="error"] { color: $error; font-size: 12px; }
QLabel[look="caret"] { color: $error; font-family: "JetBrains Mono"; font-size: 13px; }
QLabel[look="title"] { font-size: 22px; font-weight: 600; }

QFrame[look="card"] { background: $canvas; border: 1px solid $line; border-radius: 8px; }
QFrame[look="current"] { background: $current_card; border: 1px solid $current; border-radius: 8px; }
QFrame[look="failed"] { background: $panel; border: 1px solid $error; border-radius: 8px; }
QFrame[look="row"] { border: none; border-bottom: 1px solid $line; }
QFrame[look="line"] { background: $line; border: none; }
QFrame[look="news"] { background: $panel; border: 1px solid $line; border-left: 4px solid $value;
  border-radius: 8px; }
QFrame[look="notice"] { background: $panel; border: 1px solid $line; border-left: 4px solid $error;
  border-radius: 8px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  background: $canvas; border: 1px solid $line; border-radius: 6px; padding: 3px 8px;
  selection-background-color: $value; selection-color: $panel; min-height: 20px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
  border: 1px solid $value; }
QLineEdit:read-only, QLineEdit:disabled { color: $muted; }
QLineEdit[look="number"], QSpinBox[look="number"], QDoubleSpinBox[look="number"] {
  font-family: "JetBrains Mono"; font-size: 12px; padding: 3px 5px; }
QLineEdit[look="bad"], QPlainTextEdit[look="bad"] { border: 1px solid $error; }
QPlainTextEdit#formula { font-family: "JetBrains Mono"; font-size: 13px; border-radius: 8px; padding: 4px 8px; }
QLineEdit[look="flat"] { background: transparent; border: 1px solid transparent; padding: 1px 2px; min-height: 18px;
  font-weight: 600; }
QLineEdit[look="flat"]:hover { border: 1px solid $line; }
QLineEdit[look="flat"]:focus { border: 1px solid $value; }
QLineEdit[look="flat"]:disabled { color: $muted; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {
  border: none; background: transparent; width: 20px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($up); width: 9px; height: 9px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($arrow); width: 9px; height: 9px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($arrow); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; selection-background-color: $value_pill;
  selection-color: $text; outline: 0; }

QPushButton, QToolButton { background: $panel; border: 1px solid $line; border-radius: 6px; padding: 4px 12px;
  min-height: 20px; }
QPushButton:hover, QToolButton:hover { border-color: $muted; }
QPushButton:pressed, QToolButton:pressed { background: $grid; }
QPushButton:focus, QToolButton:focus { border-color: $value; }
QPushButton:disabled, QToolButton:disabled { color: $not_yet; }
QPushButton[look="primary"], QPushButton:default { background: $value; border-color: $value; color: $panel;
  font-weight: 600; }
QPushButton[look="primary"]:disabled, QPushButton:default:disabled { background: $grid; border-color: $line;
  color: $not_yet; }
QPushButton[look="flat"], QToolButton[look="flat"] { background: transparent; border: 1px solid transparent;
  padding: 2px 6px; }
QPushButton[look="flat"]:hover, QToolButton[look="flat"]:hover { background: $grid; }
QPushButton[look="flat"]:focus, QToolButton[look="flat"]:focus { border: 1px solid $value; }
QPushButton[look="choice"] { background: transparent; color: $muted; font-size: 11px; padding: 1px 7px;
  min-height: 16px; }
QPushButton[look="choice"]:checked { background: $value_pill; border-color: $value; color: $text; }
QToolButton[look="op"] { background: $canvas; border: 1px solid $line; border-radius: 6px; padding: 0;
  min-height: 33px; max-height: 33px; }
QToolButton[look="op"]:hover { border-color: $value; }
QToolButton[look="op"]:pressed { background: $value_pill; }
QToolButton::menu-indicator { image: none; }
QFileDialog { min-width: 760px; min-height: 460px; }
QFileDialog QToolButton { padding: 2px; min-width: 24px; }
QFileDialog QToolButton#backButton { qproperty-icon: url($left); }
QFileDialog QToolButton#forwardButton { qproperty-icon: url($onward); }
QFileDialog QToolButton#toParentButton { qproperty-icon: url($up); }
QFileDialog QListView#sidebar { min-width: 120px; }

QCheckBox { spacing: 6px; }
QCheckBox::indicator { width: 13px; height: 13px; border: 1px solid $muted; border-radius: 3px; background: $canvas; }
QCheckBox::indicator:hover { border-color: $value; }
QCheckBox::indicator:checked { background: $value; border-color: $value; image: url($checked); }
QCheckBox::indicator:disabled { border-color: $not_yet; }
QCheckBox:focus { color: $value; }
QCheckBox:disabled { color: $not_yet; }

QSlider { min-height: 22px; background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; margin: 0 7px; }
QSlider::handle:horizontal { background: $panel; border: 2px solid $value; width: 10px; height: 10px; margin: -5px -7px;
  border-radius: 7px; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $value_pill; }
QSlider::handle:horizontal:disabled { border-color: $not_yet; }

QTabBar { background: $panel; }
QTabBar::tab { background: transparent; color: $muted; padding: 8px 2px 5px 2px; margin: 0 8px; font-size: 12px;
  border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom: 2px solid $value; }
QTabBar::tab:hover { color: $text; }
QTabBar::scroller { width: 36px; }
QTabBar QToolButton { background: $panel; border: none; padding: 0; min-height: 0; min-width: 0; }
QTabWidget::pane { border: none; }
QDialog QTabBar { background: transparent; qproperty-drawBase: 0; }

QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 8px; }
QScrollBar:horizontal { height: 8px; }
QScrollBar::handle { background: $not_yet; border-radius: 3px; margin: 1px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QAbstractItemView { background: $canvas; alternate-background-color: $panel; border: 1px solid $line;
  border-radius: 6px; gridline-color: $line; selection-background-color: $value_pill; selection-color: $text;
  outline: 0; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 3px 6px; font-size: 11px; }
QTableCornerButton::section { background: $panel; border: none; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QProgressBar { background: $grid; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $value; border-radius: 2px; }
""")


_PICTURES = ("checked", "arrow", "up", "left", "onward")
"""Drawings of which there is one for each theme: a stylesheet can't colour them."""


def stylesheet(theme: Theme) -> str:
    """The stylesheet in the theme's colours."""
    pictures = {what: resources.path(f"icons/{what}-{theme.name}.svg").as_posix() for what in _PICTURES}
    return _SHEET.substitute({token.value: colour for token, colour in theme.tokens.items()}, **pictures)
