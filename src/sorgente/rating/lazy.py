"""One source, two engines: a function on columns that runs as plain Python or, for many rows, compiled by Numba.

Numba is imported, and the function compiled (then cached on disk), only when `compiled` is first asked for, so a
command that rates three lines starts at once. A kernel may call other kernels: Numba asks a global for its type
through `_numba_type_`, and gets that of the compiled one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_HERE = Path(__file__).resolve().parent


class Kernel(Generic[P, R]):
    """A function on sequences of whole numbers; call it for plain Python, `.compiled` for machine code.

    Both give the same numbers: plain Python sees lists of `int`, compiled code arrays of `int64`, and the callers
    refuse whatever could pass 2**63.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self.plain = function
        self.__doc__ = function.__doc__
        self.__name__ = getattr(function, "__name__", "kernel")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.plain(*args, **kwargs)

    @cached_property
    def compiled(self) -> Callable[P, R]:
        import numba  # half a second: only on the mass path

        # Numba looks at the file of the outermost function alone to see whether its cache is stale; the kernels call
        # each other across files, so the cache is kept in a folder named after the content of all of them.
        config: Any = numba.config
        kept = config.CACHE_DIR
        config.CACHE_DIR = str(_HERE / "__pycache__" / f"kernels-{_digest()}")
        try:
            made: Callable[P, R] = numba.njit(cache=True, nogil=True)(self.plain)
        finally:
            config.CACHE_DIR = kept
        return made

    @property
    def _numba_type_(self) -> Any:
        return self.compiled._numba_type_  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def _digest() -> str:
    """Return a short name for the content of every file a kernel is made of."""
    digest = sha256()
    for path in [*sorted(_HERE.glob("*.py")), *sorted((_HERE.parent / "tariffs").glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
