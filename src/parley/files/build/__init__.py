"""Builds the embedded worlds from their source tables (`parley world build`)."""

from parley.files.build.assemble import BUILDABLE, build_lite, build_named, build_world
from parley.files.build.toy import build_toy

__all__ = ["BUILDABLE", "build_lite", "build_named", "build_toy", "build_world"]
