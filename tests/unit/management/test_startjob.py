from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError

from django_activejob import ActiveJob
from django_activejob.job import registry
from tests.jobs.failing import FailingJob
from tests.jobs.hello import HelloJob

from .conftest import MakeApp, files_in, startjob

JOB = """\
\"\"\"Say here what BakeBreadJob is for.\"\"\"

from django_activejob import queue_as

from bakery.jobs.application_job import ApplicationJob


@queue_as("default")
class BakeBreadJob(ApplicationJob):
    \"\"\"Say here what BakeBreadJob is for.\"\"\"

    def perform(self) -> None:
        \"\"\"Do the work here; its parameters may be plain values and model instances.\"\"\"
"""


def named(class_name: str, *, module: str) -> type[ActiveJob]:
    """A job class of the project, which the registry of this process does not get to know."""
    before = list(registry._unnamed)
    made = type(class_name, (ActiveJob,), {"__module__": module})
    registry._unnamed[:] = before
    return made


class TestJob:
    @pytest.mark.line("EX-001")
    def test_it_is_a_class_that_inherits_from_application_job(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread")
        assert (bakery / "jobs" / "bake_bread_job.py").read_text() == JOB

    @pytest.mark.line("EX-002")
    def test_the_queue_is_written_at_the_class(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread", "--queue", "oven")
        assert '@queue_as("oven")\n' in (bakery / "jobs" / "bake_bread_job.py").read_text()

    def test_a_queue_needs_a_name(self, bakery: Path) -> None:
        with pytest.raises(CommandError, match="--queue: the name of a queue cannot be empty"):
            startjob("bakery", "BakeBread", "--queue", "")

    @pytest.mark.line("EX-006")
    @pytest.mark.parametrize(
        "name", ["BakeBread", "bake_bread", "BakeBreadJob", "bake_bread_job", "bakeBread"]
    )
    def test_its_name_may_be_written_in_several_ways(self, bakery: Path, name: str) -> None:
        startjob("bakery", name)
        assert {"jobs/bake_bread_job.py", "tests/jobs/test_bake_bread_job.py"} <= files_in(bakery)
        assert (bakery / "jobs" / "bake_bread_job.py").read_text() == JOB

    @pytest.mark.parametrize(
        ("name", "file", "class_name"),
        [
            ("HTTPSync", "http_sync_job.py", "HTTPSyncJob"),
            ("OAuth2Refresh", "o_auth2_refresh_job.py", "OAuth2RefreshJob"),
            ("Job", "job_job.py", "JobJob"),
        ],
    )
    def test_abbreviations_keep_their_form(
        self, bakery: Path, name: str, file: str, class_name: str
    ) -> None:
        startjob("bakery", name)
        assert f"class {class_name}(" in (bakery / "jobs" / file).read_text()

    @pytest.mark.line("EX-004")
    @pytest.mark.parametrize(
        "name", ["Night::Shift::BakeBread", "night/shift/bake_bread_job", "night.Shift.BakeBread"]
    )
    def test_a_namespace_becomes_packages(self, bakery: Path, name: str) -> None:
        printed = startjob("bakery", name)
        assert files_in(bakery) == {
            "jobs/__init__.py",
            "jobs/application_job.py",
            "jobs/night/__init__.py",
            "jobs/night/shift/__init__.py",
            "jobs/night/shift/bake_bread_job.py",
            "tests/__init__.py",
            "tests/jobs/__init__.py",
            "tests/jobs/night/__init__.py",
            "tests/jobs/night/shift/__init__.py",
            "tests/jobs/night/shift/test_bake_bread_job.py",
        }
        line = "from bakery.jobs.night.shift.bake_bread_job import BakeBreadJob\n"
        assert line in printed
        test = bakery / "tests" / "jobs" / "night" / "shift" / "test_bake_bread_job.py"
        assert line in test.read_text()

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("", "'' is no name for a job. Try one such as SyncAccount."),
            ("night/", "'night/' is no name for a job."),
            ("2fast", "'2fast_job' can name nothing in Python"),
            ("bake-bread", "'bake-bread_job' can name nothing in Python"),
            ("import/Bread", "'import' can name nothing in Python"),
            ("TestOven", "jobs in modules named tests or test_… are not discovered"),
            ("tests/Oven", "jobs in modules named tests or test_… are not discovered"),
            ("application", "ApplicationJob is the parent of all jobs; it is made along with"),
        ],
    )
    def test_a_name_that_will_not_do_is_refused(
        self, bakery: Path, name: str, message: str
    ) -> None:
        with pytest.raises(CommandError) as info:
            startjob("bakery", name)
        assert message in str(info.value)
        assert files_in(bakery) == set()

    def test_a_long_import_is_wrapped(self, bakery: Path) -> None:
        startjob("bakery", "night/shift/in_the/BakeBreadForTheHotelRound")
        module = "bakery.jobs.night.shift.in_the.bake_bread_for_the_hotel_round_job"
        test = next(bakery.rglob("test_*.py")).read_text()
        assert f"from {module} import (\n    BakeBreadForTheHotelRoundJob,\n)\n" in test


class TestParent:
    @pytest.mark.line("EX-005")
    def test_application_job_is_made_when_the_project_has_none(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread")
        text = (bakery / "jobs" / "application_job.py").read_text()
        assert "\nclass ApplicationJob(ActiveJob):\n" in text
        assert "# @discard_on(RecordNotFound)" in text
        assert "# @retry_on(OperationalError)" in text

    def test_one_that_exists_is_used_and_left_alone(
        self, bakery: Path, known: list[type[ActiveJob]]
    ) -> None:
        known.append(named("ApplicationJob", module="office.jobs.base"))
        startjob("bakery", "BakeBread")
        assert "jobs/application_job.py" not in files_in(bakery)
        text = (bakery / "jobs" / "bake_bread_job.py").read_text()
        assert "from office.jobs.base import ApplicationJob\n" in text

    def test_a_file_of_that_name_is_left_alone(self, bakery: Path) -> None:
        (bakery / "jobs").mkdir()
        (bakery / "jobs" / "application_job.py").write_text("# mine\n")
        startjob("bakery", "BakeBread", "--force")
        assert (bakery / "jobs" / "application_job.py").read_text() == "# mine\n"

    def test_that_of_the_app_itself_comes_first(
        self, bakery: Path, known: list[type[ActiveJob]]
    ) -> None:
        known.append(named("ApplicationJob", module="office.jobs"))
        known.append(named("ApplicationJob", module="bakery.jobs.base"))
        startjob("bakery", "BakeBread")
        text = (bakery / "jobs" / "bake_bread_job.py").read_text()
        assert "from bakery.jobs.base import ApplicationJob\n" in text

    def test_several_in_other_apps_are_named(
        self, bakery: Path, known: list[type[ActiveJob]]
    ) -> None:
        known.append(named("ApplicationJob", module="office.jobs"))
        known.append(named("ApplicationJob", module="garage.jobs"))
        with pytest.raises(CommandError) as info:
            startjob("bakery", "BakeBread")
        assert str(info.value) == (
            "Several job classes are named ApplicationJob. Say --parent one of: "
            "garage.jobs.ApplicationJob, office.jobs.ApplicationJob."
        )
        startjob("bakery", "BakeBread", "--parent", "garage.jobs.ApplicationJob")
        text = (bakery / "jobs" / "bake_bread_job.py").read_text()
        assert "from garage.jobs import ApplicationJob\n" in text

    @pytest.mark.line("EX-003")
    @pytest.mark.parametrize("parent", ["HelloJob", "hello_job", "tests.jobs.hello.HelloJob"])
    def test_another_may_be_named(
        self, bakery: Path, known: list[type[ActiveJob]], parent: str
    ) -> None:
        known += [FailingJob, HelloJob]
        startjob("bakery", "BakeBread", "--parent", parent)
        text = (bakery / "jobs" / "bake_bread_job.py").read_text()
        assert "from tests.jobs.hello import HelloJob\n" in text
        # As in Active Job, the queue is written all the same.
        assert '@queue_as("default")\nclass BakeBreadJob(HelloJob):\n' in text

    def test_it_may_be_active_job_itself(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread", "--parent", "ActiveJob")
        text = (bakery / "jobs" / "bake_bread_job.py").read_text()
        assert 'from django_activejob import ActiveJob, queue_as\n\n\n@queue_as("default")' in text

    def test_an_unknown_one_is_an_error(self, bakery: Path, known: list[type[ActiveJob]]) -> None:
        known.append(HelloJob)
        with pytest.raises(CommandError) as info:
            startjob("bakery", "BakeBread", "--parent", "helo_job")
        assert str(info.value) == "There is no job class HeloJob. Did you mean 'HelloJob'?"


class TestTest:
    def test_it_enqueues_and_performs_the_job(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread")
        text = (bakery / "tests" / "jobs" / "test_bake_bread_job.py").read_text()
        assert "class BakeBreadJobTest(JobTestMixin, TestCase):\n" in text
        assert "BakeBreadJob.perform_later()" in text
        assert "BakeBreadJob.perform_now()" in text

    def test_none_is_made_beside_a_module_of_tests(self, bakery: Path) -> None:
        (bakery / "tests.py").touch()
        printed = startjob("bakery", "BakeBread")
        assert not (bakery / "tests").exists()
        assert "No test was made, for bakery/tests.py leaves no room" in printed
        assert (
            "    mkdir -p bakery/tests\n"
            "    touch bakery/tests/__init__.py\n"
            "    mv bakery/tests.py bakery/tests/test_bakery.py\n"
        ) in printed

    def test_a_folder_of_tests_that_is_no_package_stays_so(self, bakery: Path) -> None:
        (bakery / "tests").mkdir()
        startjob("bakery", "BakeBread")
        assert {path for path in files_in(bakery) if path.startswith("tests/")} == {
            "tests/jobs/test_bake_bread_job.py"
        }


class TestExisting:
    def test_a_job_is_not_written_over(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread")
        job = bakery / "jobs" / "bake_bread_job.py"
        job.write_text("# mine\n")
        with pytest.raises(CommandError) as info:
            startjob("bakery", "BakeBread")
        assert str(info.value) == (
            "This exists already: bakery/jobs/bake_bread_job.py, "
            "bakery/tests/jobs/test_bake_bread_job.py. Choose another name, or say --force."
        )
        assert job.read_text() == "# mine\n"

    def test_force_writes_over_it(self, bakery: Path) -> None:
        startjob("bakery", "BakeBread")
        job = bakery / "jobs" / "bake_bread_job.py"
        job.write_text("# mine\n")
        printed = startjob("bakery", "BakeBread", "--force")
        assert job.read_text() == JOB
        assert printed.startswith("  overwrite  bakery/jobs/bake_bread_job.py\n")

    def test_a_class_of_that_name_elsewhere_is_an_error(
        self, bakery: Path, known: list[type[ActiveJob]]
    ) -> None:
        known.append(HelloJob)
        with pytest.raises(CommandError) as info:
            startjob("bakery", "Hello")
        assert f"HelloJob in {registry.place_of(HelloJob)}" in str(info.value)
        assert files_in(bakery) == set()
        startjob("bakery", "Hello", "--force")
        assert "jobs/hello_job.py" in files_in(bakery)

    @pytest.mark.parametrize(
        ("name", "module"), [("BakeBread", "jobs"), ("night/BakeBread", "jobs/night")]
    )
    def test_a_module_where_a_package_has_to_be_is_an_error_with_what_to_do(
        self, bakery: Path, name: str, module: str
    ) -> None:
        path = bakery / f"{module}.py"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        with pytest.raises(CommandError) as info:
            startjob("bakery", name)
        assert str(info.value).startswith(f"bakery/{module}.py is a module, and startjob writes")
        assert f"    mv bakery/{module}.py bakery/{module}/__init__.py\n" in str(info.value)
        path.with_suffix("").mkdir()
        path.rename(path.with_suffix("") / "__init__.py")
        startjob("bakery", name)

    def test_a_folder_that_cannot_be_written_is_an_error(self, bakery: Path) -> None:
        (bakery / "jobs").touch()
        with pytest.raises(CommandError, match=r"jobs/__init__\.py cannot be written: "):
            startjob("bakery", "BakeBread")


class TestApp:
    def test_the_only_one_need_not_be_named(self, bakery: Path) -> None:
        startjob("BakeBread")
        assert "jobs/bake_bread_job.py" in files_in(bakery)

    def test_of_several_one_has_to_be_named(self, bakery: Path, make_app: MakeApp) -> None:
        make_app("office")
        with pytest.raises(CommandError) as info:
            startjob("BakeBread")
        assert str(info.value) == (
            "Say in which app: startjob APP NAME. The apps of this project: bakery, office."
        )

    @pytest.mark.parametrize(
        "folder", ["lib/python3/site-packages", "lib/python3/dist-packages", "django_activejob"]
    )
    def test_those_of_others_do_not_count(
        self, folder: str, bakery: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from django.apps import apps

        others = apps.get_app_config("bakery")
        monkeypatch.setattr(others, "path", f"/srv/{folder}/bakery")
        if folder == "django_activejob":
            monkeypatch.setattr(others, "name", folder)
        with pytest.raises(CommandError, match="This project has no app yet"):
            startjob("BakeBread")

    def test_an_unknown_one_is_an_error(self, bakery: Path) -> None:
        with pytest.raises(CommandError) as info:
            startjob("bakry", "BakeBread")
        assert str(info.value) == (
            "There is no app 'bakry' in INSTALLED_APPS. The apps of this project: bakery."
        )


class TestOutput:
    def test_it_ends_with_what_to_do_next(self, bakery: Path) -> None:
        assert startjob("bakery", "BakeBread") == (
            "     create  bakery/jobs/__init__.py\n"
            "     create  bakery/jobs/application_job.py\n"
            "     create  bakery/jobs/bake_bread_job.py\n"
            "     create  bakery/tests/__init__.py\n"
            "     create  bakery/tests/jobs/__init__.py\n"
            "     create  bakery/tests/jobs/test_bake_bread_job.py\n"
            "\n"
            "Next, write its perform() in bakery/jobs/bake_bread_job.py. To enqueue it:\n"
            "\n"
            "    from bakery.jobs.bake_bread_job import BakeBreadJob\n"
            "\n"
            "    BakeBreadJob.perform_later()\n"
            "\n"
            "To have jobs performed:\n"
            "\n"
            "    python manage.py runjobs\n"
        )

    def test_a_dry_run_writes_nothing(self, bakery: Path) -> None:
        printed = startjob("bakery", "BakeBread", "--dry-run")
        assert printed.startswith("A dry run: nothing is written.\n     create  bakery/jobs/")
        assert files_in(bakery) == set()

    def test_paths_elsewhere_are_shown_in_full(
        self,
        bakery: Path,
        tmp_path_factory: pytest.TempPathFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
        assert f"create  {bakery}/jobs/bake_bread_job.py" in startjob("bakery", "BakeBread")
