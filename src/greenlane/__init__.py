"""greenlane: trade controls between the United States and China as dated data, and an earned verdict for each order line.

For library users:

    from greenlane import decide, load_rules, read_lines

    rules = load_rules()
    for line in read_lines("orders.csv").lines:
        print(decide(line, rules, on="2025-06-10").verdict)
"""

__version__ = "0.1.0"
