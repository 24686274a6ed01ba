"""Compiled kernels: numba without the interpreter lock, cached in a folder of this version and this user."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])


def software_version() -> str:
    """The installed version of Vaivén."""
    try:
        return version("vaiven")
    except PackageNotFoundError:
        return "0+unknown"


os.environ.setdefault("NUMBA_CACHE_DIR", platformdirs.user_cache_dir("vaiven", version=software_version()))

import numba  # noqa: E402  the cache folder is read when numba is imported


def kernel(function: Function) -> Function:
    """Compile ``function`` with numba on first use; later runs of the same version load it from the cache."""
    compiled: Function = numba.njit(cache=True, nogil=True)(function)  # type: ignore[assignment]  # called as it is
    return compiled


def inner_kernel(function: Function) -> Function:
    """Compile ``function`` into the kernels that call it in their loops.

    A call by itself counts every array that it is handed, which costs more than adding up the rows of one column.
    """
    compiled: Function = numba.njit(cache=True, nogil=True, forceinline=True)(function)  # type: ignore[assignment]
    return compiled
