"""The command `demo`: the main job from end to end, on a synthetic programme and on real orders."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import AuditError, CallError
from engine.words import joined, message

if TYPE_CHECKING:
    from engine.run import Matched

ROOT = Path(__file__).resolve().parents[1]
H2A_BESIDE_CHECKOUT = ROOT.parent / "shared" / "data" / "us_dol_H-2A_Disclosure_Data_FY16.xlsx"
PRESET = "northern-triangle"
DEMONSTRATIONS = "vaiven.demonstrations"  # entry points
PRESET_GAP, H2A_GAP = 0.001, 0.005
# Of each solve stage: what keeps the whole under two minutes on two cores.
MOST_SECONDS = 75.0


@dataclass(frozen=True)
class Stage:
    """One programme of the demo: everything of it lies in `folder`."""

    folder: Path
    gap: float

    @property
    def programme(self) -> Path:
        """Where the programme is."""
        return self.folder / "programme"

    @property
    def plan(self) -> Path:
        """Where the plan is."""
        return self.folder / "plan"

    @property
    def report(self) -> Path:
        """Where the charts and the page are."""
        return self.folder / "report"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Argument(help="The folder to write; new or empty.")] = Path("vaiven-demo"),
    workers: Annotated[int, typer.Option(help="Workers of the synthetic programme.", min=0)] = 2000,
    h2a: Annotated[
        Path | None,
        typer.Option(
            help="The H-2A workbook; by default the one in shared/data beside the checkout.", show_default=False
        ),
    ] = None,
    h2a_workers: Annotated[int, typer.Option(help="Synthetic workers for the H-2A orders.", min=1)] = 20_000,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the console instead, with a season to click through.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve: the port to listen on.")] = 8000,
) -> None:
    """Match two programmes and draw their reports. One is synthetic, one has the real H-2A orders; both are audited."""
    from engine.atomic import refuse_occupied

    begun = time.monotonic()
    refuse_occupied(out)
    if serve:
        _demonstration()(out, port)
        return
    workbook, draws = _workbook(h2a), _can_draw()
    stages = [_synthetic(out, workers)]
    _run(stages[0], draws)
    if workbook is not None:
        stages.append(_imported(out, workbook, h2a_workers))
        _run(stages[1], draws)
    _say_where(stages, draws, time.monotonic() - begun)


def _demonstration() -> Callable[[Path, int], None]:
    """What serves the console with a season in it. Raises `CallError` where the service isn't installed."""
    try:
        found: Callable[[Path, int], None] = next(iter(entry_points(group=DEMONSTRATIONS))).load()
    except (ImportError, StopIteration) as error:
        raise CallError(
            message("The service isn't installed."), message("Install it: pip install 'vaiven[service]'.")
        ) from error
    return found


def _can_draw() -> bool:
    """Whether charts can be drawn; if not, say so and go on without them."""
    from engine.charts import require_drawing_packages

    try:
        require_drawing_packages()
    except CallError as error:
        _tell(message("No charts and no page: {error}", error=error))
        return False
    return True


def _synthetic(out: Path, workers: int) -> Stage:
    from scenarios.commands import generate

    stage = Stage(out / PRESET, PRESET_GAP)
    generate(PRESET, stage.programme, workers)
    return stage


def _workbook(asked: Path | None) -> Path | None:
    """The H-2A workbook, or nothing where none was asked for and none lies beside the checkout."""
    file = asked or H2A_BESIDE_CHECKOUT
    if file.is_file():
        return file
    if asked is not None:
        raise CallError(
            message("{asked} is no file.", asked=asked), message("Give the H-2A disclosure workbook as published.")
        )
    _tell(
        message(
            "The real H-2A orders are left out: {name} is not in shared/data beside the checkout. Name the "
            "workbook with --h2a FILE.",
            name=H2A_BESIDE_CHECKOUT.name,
        )
    )
    return None


def _imported(out: Path, workbook: Path, workers: int) -> Stage:
    from scenarios.h2a import import_h2a

    stage = Stage(out / "h2a", H2A_GAP)
    draft, refused = import_h2a(workbook, workers, 0)
    draft.write(stage.programme)
    places = int(draft.tables["orders"]["headcount"].sum())
    _tell(
        message(
            "{programme}: {workers:,} workers, {count:,} orders for {places:,} positions",
            programme=stage.programme,
            workers=workers,
            count=len(draft.tables["orders"]),
            places=places,
        )
    )
    if len(refused):
        target = stage.folder / "programme.refused.csv"
        refused.to_csv(target, index=False, lineterminator="\n")
        count = int(refused["row"].nunique())
        _tell(
            message(
                "Refused rows of {file}: {count:,}; {target} says why",
                file=workbook.name,
                count=count,
                target=str(target),
            )
        )
    return stage


def _run(stage: Stage, draws: bool) -> None:
    """Match, print the tables, audit the files again, and draw."""
    from engine.console import ProgressTalk, out, show_plan
    from engine.run import Options, match_to_folder

    progress = ProgressTalk()
    try:
        options = Options(gap=stage.gap, time_limit=MOST_SECONDS)
        matched = match_to_folder(stage.programme, stage.plan, options, progress.progress, progress.stage)
    finally:
        progress.close()
    out().rule(matched.programme.settings.title or stage.folder.name)
    show_plan(matched)
    _audit_again(stage, matched)
    if draws:
        _draw(stage, matched)


def _audit_again(stage: Stage, matched: "Matched") -> None:
    """Read programme and plan back from their files and audit them as `vaiven check` does."""
    from engine.audit.audit import audit
    from engine.console import out
    from engine.plan.plan_files import read_placements
    from engine.programme import read_programme

    programme = read_programme(stage.programme)
    verdict = audit(programme, *read_placements(programme, stage.plan))
    claimed = matched.files.certificate["objective"]
    if not verdict.legal or abs(verdict.objective - claimed) > 1e-6 * max(1.0, claimed):
        raise AuditError(
            message("The files of {plan} don't hold what the certificate says.", plan=stage.plan),
            message("Please report this."),
        )
    out().print(
        message(
            "Read back from the files and audited again: {placements:,} placements, legal, the same objective.",
            placements=verdict.placements,
        )
    )


def _draw(stage: Stage, matched: "Matched") -> None:
    from engine.charts.plan_view import PlanView
    from engine.charts.report import write_report
    from engine.words.wording import spoken_language

    _tell(message("drawing the charts and the page …"))
    write_report(PlanView.from_matched(matched), stage.report, spoken_language())


def _say_where(stages: list[Stage], draws: bool, seconds: float) -> None:
    from engine.console import out

    lines = [message("Done in {seconds:.0f} seconds.", seconds=seconds)]
    for stage in stages:
        name, programme, plan = stage.folder.name, str(stage.programme), str(stage.plan)
        if draws:
            page = str(stage.report / "report.html")
            lines.append(
                message(
                    "{name}: programme {programme}, plan {plan}, its page {page}",
                    name=name,
                    programme=programme,
                    plan=plan,
                    page=page,
                )
            )
        else:
            told = message("{name}: programme {programme}, plan {plan}", name=name, programme=programme, plan=plan)
            lines.append(told)
    lines.append(message("To click through a season as its officers do: vaiven demo FOLDER --serve"))
    out().print(joined(*lines, by="\n"), markup=False, soft_wrap=True)


def _tell(told: str) -> None:
    from engine.console import talk

    talk().print(told, markup=False)
