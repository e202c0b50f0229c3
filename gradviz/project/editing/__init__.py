"""Editing a graph node by node: pure functions `(graph, …) -> Edit(graph, moved, focus)`.

    add_op   add_leaf   add_number   paste   duplicate   use_function     a loose part more
    apply_op   insert_on   put_on   connect   detach   replug   swap   set_output   other wires
    remove   replace_op   rename   set_number   set_attrs                 other nodes
    fold   dissolve                                                       nodes into a block, and back

`Session.edit` makes such an edit a change of the document. The keyword `unfolded` takes `project.unfolded`: of a block
that is seen from inside, the node at its output is meant as the one in the function's body, not as the whole call.
"""

from gradviz.project.editing.adding import add_leaf as add_leaf
from gradviz.project.editing.adding import add_number as add_number
from gradviz.project.editing.adding import add_op as add_op
from gradviz.project.editing.adding import apply_op as apply_op
from gradviz.project.editing.adding import duplicate as duplicate
from gradviz.project.editing.adding import duplicate_with as duplicate_with
from gradviz.project.editing.adding import paste as paste
from gradviz.project.editing.adding import paste_with as paste_with
from gradviz.project.editing.adding import text_of as text_of
from gradviz.project.editing.blocks import definition_of as definition_of
from gradviz.project.editing.blocks import dissolve as dissolve
from gradviz.project.editing.blocks import fold as fold
from gradviz.project.editing.blocks import rename_function as rename_function
from gradviz.project.editing.blocks import use_function as use_function
from gradviz.project.editing.changing import remove as remove
from gradviz.project.editing.changing import rename as rename
from gradviz.project.editing.changing import replace_op as replace_op
from gradviz.project.editing.changing import set_attrs as set_attrs
from gradviz.project.editing.changing import set_number as set_number
from gradviz.project.editing.edit import Change as Change
from gradviz.project.editing.edit import Edit as Edit
from gradviz.project.editing.fitting import feed_refusals as feed_refusals
from gradviz.project.editing.fitting import fitting_ops as fitting_ops
from gradviz.project.editing.fitting import refusals as refusals
from gradviz.project.editing.inside import moved_uses as moved_uses
from gradviz.project.editing.parts import copied as copied
from gradviz.project.editing.parts import part as part
from gradviz.project.editing.parts import part_of as part_of
from gradviz.project.editing.wiring import connect as connect
from gradviz.project.editing.wiring import detach as detach
from gradviz.project.editing.wiring import insert_on as insert_on
from gradviz.project.editing.wiring import put_on as put_on
from gradviz.project.editing.wiring import replug as replug
from gradviz.project.editing.wiring import set_output as set_output
from gradviz.project.editing.wiring import swap as swap
