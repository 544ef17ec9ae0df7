"""Any sequence of calls through the official SDK, beside a model of the rules: one class of rules for each area.

``base`` has what all need; an area adds a class with its rules (and what it needs to the model), and a machine is made
of such classes in ``test_partner_machine.py``.
"""
