"""`python -m benchmarks [name …]`: runs the benchmarks and prints what they measured."""

from __future__ import annotations

import sys
from importlib import import_module

MODULES = (
    "lookup",
    "card",
    "activity",
    "lists",
    "home",
    "digests",
    "installations",
    "visibility",
    "imports",
    "memory",
    "scoring",
)
LARGE = 1_000_000  # where a benchmark does not say what is large to it


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all; with --large at a million clients too, or at what else is large."""
    wanted = [argument for argument in arguments if argument != "--large"] or list(MODULES)
    if unknown := set(wanted) - set(MODULES):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(MODULES)}", file=sys.stderr)
        return 2
    for name in wanted:
        module = import_module(f"benchmarks.{name}")
        run, large = module.run, getattr(module, "LARGE", LARGE)
        rows = run((*run.__defaults__[0], large)) if "--large" in arguments else run()
        width = max(len(what) for what, _ in rows)
        print(f"\n{name}")
        for what, figure in rows:
            print(f"  {what:<{width}}  {figure}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
