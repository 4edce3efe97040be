"""What new files say."""

from __future__ import annotations

import json
from string import Template

from .draft import Draft

_WIDTH = 88  # columns, as formatters have it by default

JOBS = '"""The job classes of this app; `runjobs` finds them here."""\n'

APPLICATION_JOB = '''"""The parent of all jobs of this project."""

from django_activejob import ActiveJob

# from django.db import OperationalError
# from django_activejob import discard_on, retry_on
# from django_activejob.errors import RecordNotFound


# Two suggestions. Take the # away from those that you want, and from their imports above.
# @discard_on(RecordNotFound)  # the row is gone, so there is nothing left to do
# @retry_on(OperationalError)  # the database was busy, or two transactions were in a deadlock
class ApplicationJob(ActiveJob):
    """What all jobs of this project have in common."""
'''

_JOB = Template('''"""$title"""

$imports


@queue_as($queue)
class $class_name($parent):
    """$title"""

    def perform(self) -> None:
        """Do the work here; its parameters may be plain values and model instances."""
''')

_TEST = Template('''"""Tests of $class_name."""

from django.test import TestCase
from django_activejob.adapters.test import TestAdapter
from django_activejob.testing import JobTestMixin

$imports


class ${class_name}Test(JobTestMixin, TestCase):
    """Enqueues the job, and performs it."""

    def queue_adapter_for_test(self) -> TestAdapter:
        return TestAdapter()  # keeps jobs for the assertions, whatever the settings say

    def test_it_is_enqueued(self) -> None:
        with self.assert_enqueued_with(job=$class_name):
            $class_name.perform_later()

    def test_it_does_its_work(self) -> None:
        $class_name.perform_now()  # then assert what it has changed
''')


def job(draft: Draft) -> str:
    """The module of the job."""
    return _JOB.substitute(
        title=f"Say here what {draft.name.class_name} is for.",
        imports=_imports(draft),
        queue=json.dumps(draft.queue, ensure_ascii=False),
        class_name=draft.name.class_name,
        parent=draft.parent.name,
    )


def test(draft: Draft) -> str:
    """The module of its test."""
    name = draft.name.class_name
    return _TEST.substitute(class_name=name, imports=_import(draft.module, name))


def _imports(draft: Draft) -> str:
    parent = draft.parent
    name = parent.name.partition(".")[0]
    if parent.module == "django_activejob":
        return _import("django_activejob", name, "queue_as")
    return f"{_import('django_activejob', 'queue_as')}\n\n{_import(parent.module, name)}"


def _import(module: str, *names: str) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])
