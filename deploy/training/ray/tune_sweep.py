"""A Ray Tune sweep (ASHA, with random search or Optuna) that prints its trials as Jibsa reads them.

    python3 -u tune_sweep.py --trainable sft_trial:train --samples 20 --concurrent 4 --gpus-per-trial 1

The trainable is a function of your own: it takes the trial's configuration and calls ray.tune.report({"loss": ...})
after each step. `demo` is a built-in one that trains nothing. The lines are described in docs/operate/engine-ray-job.md.
"""

import argparse
import importlib
import json
import math
import os
import sys
import time

from ray import tune
from ray.tune import Callback
from ray.tune.schedulers import ASHAScheduler

# A trial that goes on says so at most this often.
SECONDS_BETWEEN_LINES = 30
MOST_VALUES = 20
LONGEST_TEXT = 80

DEFAULT_SPACE = {
    "learning_rate": {"loguniform": [1e-6, 1e-3]},
    "batch_size": {"choice": [4, 8, 16]},
    "weight_decay": {"uniform": [0.0, 0.1]},
    "warmup_steps": {"choice": [0, 100, 1000]},
    "lora_r": {"choice": [16, 32, 64]},
    "lora_alpha": {"choice": [16, 32]},
    "lora_dropout": {"uniform": [0.0, 0.2]},
}
DOMAINS = {
    "uniform": lambda bounds: tune.uniform(*bounds),
    "loguniform": lambda bounds: tune.loguniform(*bounds),
    "randint": lambda bounds: tune.randint(*bounds),
    "choice": tune.choice,
}


class TrialLines(Callback):
    """One line of JSON whenever a trial begins, goes on or ends."""

    def __init__(self, metric: str, mode: str, planned: int, max_t: int, metrics: list[str]):
        self._objective = {"metric": metric, "goal": "minimize" if mode == "min" else "maximize"}
        self._metrics = [metric, *metrics]
        self._planned = planned
        self._max_t = max_t
        self._said_at: dict[str, float] = {}

    def on_trial_start(self, iteration, trials, trial, **info):
        self._say(trial, "running")

    def on_trial_result(self, iteration, trials, trial, result, **info):
        if time.monotonic() - self._said_at.get(trial.trial_id, 0) >= SECONDS_BETWEEN_LINES:
            self._say(trial, "running", result)

    def on_trial_complete(self, iteration, trials, trial, **info):
        result = trial.last_result or {}
        # ASHA ends what does not promise anything: that is no success, and no failure.
        stopped_early = result.get("training_iteration", self._max_t) < self._max_t
        self._say(trial, "cancelled" if stopped_early else "succeeded", result)

    def on_trial_error(self, iteration, trials, trial, **info):
        self._say(trial, "failed", trial.last_result)

    def _say(self, trial, state: str, result: dict | None = None):
        self._said_at[trial.trial_id] = time.monotonic()
        metrics = {name: number(result[name]) for name in self._metrics if name in (result or {})}
        line = {
            "jibsa": "trial",
            "name": str(trial.trial_id)[:60],
            "state": state,
            "parameters": {str(key)[:60]: plain(value) for key, value in list(trial.config.items())[:MOST_VALUES]},
            "metrics": {name: value for name, value in metrics.items() if value is not None},
            "objective": self._objective,
            "planned": self._planned,
        }
        print(json.dumps(line, allow_nan=False), flush=True)


def number(value) -> float | None:
    try:
        result = float(value)
    except (TypeError, ValueError):
        return None
    return float(f"{result:.6g}") if math.isfinite(result) else None


def plain(value):
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return number(value)
    return str(value)[:LONGEST_TEXT]


def demo(config):
    """Trains nothing: the loss falls, faster with a learning rate near 2e-5."""
    distance = abs(math.log10(config["learning_rate"] / 2e-5))
    for step in range(1, 101):
        tune.report({"loss": 1.0 + distance * 0.3 + 2.0 / step})


def load(name: str):
    if name == "demo":
        return demo
    module, _, function = name.partition(":")
    sys.path.insert(0, os.getcwd())
    return getattr(importlib.import_module(module), function)


def read_space(text: str) -> dict:
    """{"learning_rate": {"loguniform": [1e-6, 1e-3]}, "lora_r": {"choice": [16, 32]}, "epochs": 3}"""
    space = {}
    for name, domain in json.loads(text).items():
        if not isinstance(domain, dict):
            space[name] = domain
            continue
        ((kind, bounds),) = domain.items()
        space[name] = DOMAINS[kind](bounds)
    return space


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A sweep with Ray Tune, as Jibsa reads it")
    parser.add_argument("--trainable", default="demo", help="module:function, or demo")
    parser.add_argument("--samples", type=int, default=os.environ.get("SWEEP_SAMPLES", "20"))
    parser.add_argument("--concurrent", type=int, default=4)
    parser.add_argument("--metric", default="loss")
    parser.add_argument("--mode", choices=["min", "max"], default="min")
    parser.add_argument("--also", default="", help="further metrics to show, divided by commas")
    parser.add_argument("--max-t", type=int, default=10, help="most reports of one trial")
    parser.add_argument("--grace", type=int, default=2, help="reports before a trial may be ended")
    parser.add_argument("--reduction", type=int, default=2)
    parser.add_argument(
        "--search", choices=["random", "optuna"], default=os.environ.get("SWEEP_SEARCH", "random")
    )
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--space", default=json.dumps(DEFAULT_SPACE), help="JSON")
    parser.add_argument("--cpus-per-trial", type=float, default=1)
    parser.add_argument("--gpus-per-trial", type=float, default=0)
    parser.add_argument("--storage", default=None, help="where Ray keeps results, such as /output/tune")
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments()
    search = None
    if arguments.search == "optuna":
        from ray.tune.search.optuna import OptunaSearch

        search = OptunaSearch(seed=arguments.seed)
    also = [name for name in arguments.also.split(",") if name]
    lines = TrialLines(arguments.metric, arguments.mode, arguments.samples, arguments.max_t, also)
    tuner = tune.Tuner(
        tune.with_resources(
            load(arguments.trainable), {"cpu": arguments.cpus_per_trial, "gpu": arguments.gpus_per_trial}
        ),
        param_space=read_space(arguments.space),
        tune_config=tune.TuneConfig(
            metric=arguments.metric,
            mode=arguments.mode,
            num_samples=arguments.samples,
            max_concurrent_trials=arguments.concurrent,
            search_alg=search,
            scheduler=ASHAScheduler(
                max_t=arguments.max_t,
                grace_period=arguments.grace,
                reduction_factor=arguments.reduction,
            ),
        ),
        run_config=tune.RunConfig(storage_path=arguments.storage, callbacks=[lines], verbose=0),
    )
    results = tuner.fit()
    if results.num_errors == len(results):
        sys.exit("every trial failed")
    best = results.get_best_result()
    print(f"best {arguments.metric} {best.metrics[arguments.metric]:.4f} with {best.config}", flush=True)


if __name__ == "__main__":
    main()
