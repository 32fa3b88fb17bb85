"""Answers the requests of the window inside the workspace process.

Holds what is open: the log, the newest run and its playback. One method a request; what a
request means is in `protocol`. A `UserError` becomes its sentence, anything else a general
sentence with the traceback in the log file, so that no traceback reaches a person.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as p
from engage_desktop.app import protocol_broadcasts as pb
from engage_desktop.app import protocol_explain as px
from engage_desktop.app import protocol_traits as pt
from engage_desktop.app import protocol_values as pv
from engage_desktop.app.alone import AloneRuns, differs
from engage_desktop.app.ending import system_sentence
from engage_desktop.app.engine_process import Inbox
from engage_desktop.app.faults import fault_file
from engage_desktop.app.left_out import runnable, why_left_out
from engage_desktop.app.lint_desk import LintDesk
from engage_desktop.app.list_desk import ListDesk
from engage_desktop.app.lists import Lists, read_lists
from engage_desktop.app.people_desk import PeopleDesk
from engage_desktop.app.range_desk import RangeDesk
from engage_desktop.app.replay import Log, Replay, replay
from engage_desktop.app.sending_desk import SendingDesk
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import Cancelled, DesignError, UserError
from engage_desktop.domain.problem import Problem

if TYPE_CHECKING:
    from engage_desktop.analysis.playback import Playback
    from engage_desktop.engine import LeafCache, Run

logger = logging.getLogger(__name__)


class NoRun(UserError):
    """A question about figures while no replay is finished."""

    def __init__(self) -> None:
        super().__init__("There is no finished replay yet. Import a log, or mend the problems shown.")


class Desk:
    """What is open in the workspace process."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.workspace: Path | None = None
        self.log: Log | None = None
        self.campaigns: Campaigns | None = None
        self.checked: Campaigns | None = None
        """The newest design, run or not; None where its text cannot be read."""
        self.replayed: Replay | None = None
        self.generation = 0
        self._playback: Playback | None = None
        self._cache: LeafCache | None = None
        self._before: Run | None = None
        """The last run that was finished over this log, from which the next one is spliced."""
        self._lists: Lists = {}
        self._alone = AloneRuns()
        from engage_desktop.app.desk_delivery import DeliveryDesk

        self.delivery, self._ranges = DeliveryDesk(self, inbox), RangeDesk(self, inbox)
        self._answers: dict[type[p.Request], Callable[[int, Any], p.Reply | None]] = {
            p.Load: self._load,
            p.SetDocument: self._set_document,
            p.AskFigures: self._figures,
            p.AskPeople: self._people,
            p.AskAudience: self._audience,
            p.AskSizes: self._sizes,
            pt.AskTrait: self._trait,
            pt.AskTraitCounts: self._trait_counts,
            px.AskWhy: self._why,
            pb.AskReach: self._reach,
            p.AskTable: self._table,
            pv.AskValues: self._values,
            p.AskHistogram: self._histogram,
            p.AskNeighbour: self._neighbour,
            p.AskExperiment: self._experiment,
            p.AskRejects: self._rejects,
            p.ImportLogs: self._import,
            p.SaveRun: self._save_run,
            p.AskRuns: self._runs,
            **self.delivery.answers,
            **ListDesk(self).answers,
            **LintDesk(self).answers,
            **PeopleDesk(self).answers,
            **self._ranges.answers,
            **SendingDesk(self).answers,
        }

    def answer(self, request_id: int, request: p.Request) -> None:
        """Reply to one request, whatever happens."""
        generation = getattr(request, "generation", None)
        try:
            if generation is not None and generation < self._inbox.generation:
                self._inbox.reply(request_id, p.Superseded(generation))
                return
            reply = self._answers[type(request)](request_id, request)
            if reply is not None:  # else a thread of its own replies
                self._inbox.reply(request_id, reply)
        except Cancelled:
            if generation is not None and generation < self._inbox.generation:
                self._inbox.reply(request_id, p.Superseded(generation))
            else:
                self._inbox.reply(request_id, p.Failed("Stopped, as you asked. Nothing was changed."))
        except UserError as error:
            self._inbox.reply(request_id, p.Failed(str(error)))
        except MemoryError:
            self._inbox.reply(request_id, p.Failed("There is not enough memory for this. Close other programs first."))
        except OSError as error:
            self._inbox.reply(request_id, p.Failed(system_sentence(error)))
        except Exception:
            logger.exception("request %s failed", type(request).__name__)
            self._inbox.reply(
                request_id,
                p.Failed(
                    f"Something went wrong inside while answering {type(request).__name__}; {fault_file()} has the details. Your work is kept."
                ),
            )

    def close(self) -> None:
        self._ranges.close()
        self.delivery.close()

    # -- the log --------------------------------------------------------------------------

    def _load(self, request_id: int, request: p.Load) -> p.Reply:
        from engage_desktop.app.importing import open_workspace_log

        self.workspace = Path(request.workspace)
        return self._use_log(open_workspace_log(self.workspace))

    def _use_log(self, log: Log | None) -> p.LogInfo:
        self.log, self.replayed, self._playback, self._cache, self._before = log, None, None, None, None
        self._alone.forget()
        return log_info(log)

    def _import(self, request_id: int, request: p.ImportLogs) -> p.Reply:
        from engage_desktop.app.importing import import_logs
        from engage_desktop.events import file_options

        workspace = self.need_workspace()
        self._inbox.cancel_work.clear()
        log = import_logs(
            workspace,
            [Path(path) for path in request.paths],
            identity=self.campaigns.identity if self.campaigns else None,
            mapping=request.mapping,
            options=file_options(**request.options),
            progress=lambda fraction, sentence: self._inbox.reply(request_id, p.Progress(fraction, sentence)),
            cancelled=self._inbox.cancel_work.is_set,
        )
        info = self._use_log(log)
        names = ", ".join(Path(path).name for path in request.paths)
        self.delivery.note("imported", names, {"people": info.people, "events": info.events, "rejected": info.rejected})
        return info

    def need_workspace(self) -> Path:
        if self.workspace is None:
            raise UserError("A bare campaign file is open. Open a workspace folder to import logs and to deliver.")
        return self.workspace

    def _rejects(self, request_id: int, request: p.AskRejects) -> p.Reply:
        rejects = self.log.store.rejects() if self.log else []
        page = rejects[request.offset : request.offset + request.limit]
        return p.RejectRows(
            len(rejects), request.offset, tuple((r.file, r.line, r.field or "", r.code, r.message) for r in page)
        )

    # -- the run --------------------------------------------------------------------------

    def _set_document(self, request_id: int, request: p.SetDocument) -> p.Reply:
        from engage_desktop.document import loads, validate
        from engage_desktop.engine import LeafCache

        self.generation = request.generation
        self.replayed = self._playback = None
        campaigns, problems = loads(request.text)
        self.checked = campaigns
        if campaigns is None:
            return p.Refused(request.generation, problems)
        self.campaigns = campaigns
        known, problems, refused = runnable(campaigns, validate(campaigns))
        if refused:
            return p.Refused(request.generation, problems)
        if self.log is None or self.log.store.n_profiles == 0:
            hint = Problem(
                "info", "no_log", "", "No log is open, so there is nothing to replay.", "Import a log on the Data page."
            )
            return p.Refused(request.generation, (*problems, hint))
        self._inbox.reply(request_id, p.Checked(0.0, "Checked", request.generation, problems))
        self._cache = self._cache or LeafCache()
        begun = time.perf_counter()
        try:
            self._lists = read_lists(known, self.workspace, before=self._lists, by_hand=False)
            run = partial(
                replay,
                known,
                self.log,
                lists=self._lists,
                seed=request.seed,
                problems=problems,
                cancelled=lambda: self.is_old(request.generation),
                cache=self._cache,
                edits=True,
            )
            self._alone.start(lambda key, before: run(only=(key,), before=before, alone=True))
            if request.alone is not None and known.journey(request.alone) and differs(known):
                self._inbox.reply(request_id, self._alone_first(request))
            left_out = tuple(one.message for one in problems if one.code == "not_simulated")
            self.replayed = replace(run(before=self._before), left_out=left_out)
        except Cancelled:
            return p.Superseded(request.generation)
        except DesignError as error:
            return p.Refused(request.generation, error.problems)
        self._before = self.replayed.run
        from engage_desktop.app.replay import counts

        first, last = self.replayed.run.window
        seconds = time.perf_counter() - begun
        return p.RunReady(request.generation, problems, first, last, seconds, counts(self.replayed), request.seed)

    def _alone_first(self, request: p.SetDocument) -> p.AloneReady:
        from engage_desktop.app.figures import journey_figures

        assert request.alone is not None
        asked = p.AskFigures(request.generation, request.alone, request.at_us, alone=True)
        return p.AloneReady(request.generation, journey_figures(self._alone.playback(request.alone), asked))

    def is_old(self, generation: int) -> bool:
        """Whether a newer design waits."""
        return self._inbox.generation != generation

    @property
    def cache(self) -> LeafCache | None:
        """What conditions computed over this log, shared by all that ask them."""
        return self._cache

    def need_run(self) -> Replay:
        if self.replayed is None:
            raise NoRun
        return self.replayed

    def need_journey(self, key: str, step: str | None = None) -> None:
        """Raise UserError for a journey or step that the run does not have."""
        journey = self.need_run().campaigns.journey(key)
        if journey is None:
            if (why := self._left_out(key)) is not None:
                raise UserError(why)
            raise UserError(f"There is no journey {key!r} in this run. Choose one that is shown.")
        if step not in (None, p.ENTRY) and step not in journey.by_key:
            raise UserError(f"There is no step {step!r} in journey {key!r}. Choose one that is shown.")

    def _left_out(self, key: str) -> str | None:
        """Why a journey of the design is not in the run, if it is not."""
        return why_left_out(self.campaigns.journey(key)) if self.campaigns is not None else None

    @property
    def playback(self) -> Playback:
        from engage_desktop.analysis.playback import Playback

        replayed = self.need_run()
        self._playback = self._playback or Playback(replayed.run, replayed.log.store)
        return self._playback

    def playback_of(self, journey: str, alone: bool) -> Playback:
        """That of the journey by itself, or with all campaigns; raises UserError where there is no such journey."""
        self.need_journey(journey)
        return self._alone.playback(journey) if alone and differs(self.need_run().campaigns) else self.playback

    # -- figures --------------------------------------------------------------------------

    def _figures(self, request_id: int, request: p.AskFigures) -> p.Reply:
        from engage_desktop.app.figures import journey_figures

        return journey_figures(self.playback_of(request.journey, request.alone), request)

    def _people(self, request_id: int, request: p.AskPeople) -> p.Reply:
        from engage_desktop.app.figures import people_page

        if self._left_out(request.journey) is not None:  # nobody is in a journey that is not simulated
            return p.People(request.generation, request.journey, request.step, request.at_us, 0, request.offset, ())
        self.need_journey(request.journey, request.step)
        return people_page(self.playback_of(request.journey, request.alone), request)

    def _audience(self, request_id: int, request: p.AskAudience) -> p.Reply:
        from engage_desktop.app.audience_figures import audience_figures

        return audience_figures(self.need_run(), self._cache, request)

    def _sizes(self, request_id: int, request: p.AskSizes) -> p.Reply:
        from engage_desktop.app.figures import sizes

        return sizes(self.playback, request)

    def _trait(self, request_id: int, request: pt.AskTrait) -> p.Reply:
        from engage_desktop.app.trait_figures import trait_figures

        return trait_figures(self.need_run(), self._cache, request)

    def _trait_counts(self, request_id: int, request: pt.AskTraitCounts) -> p.Reply:
        from engage_desktop.app.trait_figures import trait_counts

        return trait_counts(self.need_run(), self._cache, request)

    def _why(self, request_id: int, request: px.AskWhy) -> p.Reply:
        from engage_desktop.app.explaining import why_reply

        run = self.need_run()
        return why_reply(run.run.plan, run.log.store, request, run.run.seed)

    def _reach(self, request_id: int, request: pb.AskReach) -> p.Reply:
        from engage_desktop.app.reach import reach

        return reach(self.need_run(), self._cache, request)

    def _values(self, request_id: int, request: pv.AskValues) -> p.Reply:
        from engage_desktop.app.log_values import log_values

        return log_values(self.log.store if self.log else None, request)

    def _table(self, request_id: int, request: p.AskTable) -> p.Reply:
        from engage_desktop.app.figures import table_page

        return table_page(self.need_run(), request)

    def _histogram(self, request_id: int, request: p.AskHistogram) -> p.Reply:
        journey = None if request.journey is None or self._left_out(request.journey) else request.journey
        read = self.playback if journey is None else self.playback_of(journey, request.alone)
        series = read.histogram(request.bins, journey)
        first, last = self.need_run().run.window
        return p.Histogram(
            request.generation,
            first,
            last,
            tuple(series["events"]),
            tuple(series["entries"]),
            tuple(series["messages"]),
        )

    def _neighbour(self, request_id: int, request: p.AskNeighbour) -> p.Reply:
        read = self.playback_of(request.journey, request.alone)
        return p.Neighbour(request.generation, read.neighbour(request.journey, request.at_us, forward=request.forward))

    def _experiment(self, request_id: int, request: p.AskExperiment) -> p.Reply:
        from engage_desktop.app.experiments import experiment_of_replay

        if (why := self._left_out(request.journey)) is not None:
            raise UserError(why)
        body = experiment_of_replay(self.need_run(), request.journey, request.step, request.metric, request.within)
        return p.ExperimentReply(request.generation, request.journey, request.step, body)

    # -- runs on disk ---------------------------------------------------------------------

    def _save_run(self, request_id: int, request: p.SaveRun) -> p.Reply:
        from engage_desktop.app.workspace import save_run

        folder = save_run(self.need_workspace(), self.need_run())
        self.delivery.note("kept", f"run {folder.name}", {})
        return p.RunSaved(str(folder))

    def _runs(self, request_id: int, request: p.AskRuns) -> p.Reply:
        from engage_desktop.app.workspace import list_runs

        return p.RunRows(tuple(list_runs(self.need_workspace())))


def log_info(log: Log | None) -> p.LogInfo:
    """What the window shows of the open log."""
    if log is None:
        return p.LogInfo(0, 0, 0, 0)
    store = log.store
    properties = {name: store.properties(name) for name in store.event_names}
    traits = store.trait_counts()
    return p.LogInfo(
        people=store.n_profiles,
        events=store.n_events,
        first_us=store.first_us or 0,
        last_us=store.last_us or 0,
        event_counts={name: len(store.rows(name)) for name in store.event_names},
        properties={name: tuple(sorted(found)) for name, found in properties.items()},
        traits=tuple(sorted(traits)),
        rejected=log.rejected,
        duplicates=log.duplicates,
        read=log.read,
        files=tuple((one.name, one.how(), one.read, one.rejected) for one in log.files),
        property_counts=properties,
        trait_counts=traits,
    )
