"""The Korean LLM pipeline for Kubeflow Pipelines 2: preprocess -> cpt -> sft -> rlhf -> evaluate -> gate -> deploy.

Compile it:  pip install kfp==2.17.3 && python korean_llm_pipeline.py
which writes korean-llm-pipeline.yaml beside this file. Upload that as "korean-llm-pipeline".

The image runs the same scripts as the PyTorchJob stages, with the same environment variables. For `evaluate` it has to have the
package kfp, because a function runs in it and nothing is installed when the step starts.
"""

from pathlib import Path

from kfp import compiler, dsl

IMAGE = "unsloth-korean:2026.10"
GATE_ACCURACY = 0.85

# What each step writes, on the volume that all of them share.
CORPUS = "/data/korean_corpus.jsonl"
PREFERENCES = "/data/preference_dataset.jsonl"
TEST_SET = "/data/test_dataset.jsonl"
CPT_MODEL = "/output/cpt_model"
SFT_MODEL = "/output/sft_model"
RLHF_MODEL = "/output/rlhf_model"


def _script(name: str, variables: list) -> dsl.ContainerSpec:
    """`env NAME=value … python3 -u scripts/<name>.py`: values may be known only when the step starts."""
    assignments = [
        dsl.ConcatPlaceholder([f"{variable}=", value]) for variable, value in variables
    ]
    return dsl.ContainerSpec(
        image=IMAGE,
        command=["env"],
        args=[*assignments, "python3", "-u", f"scripts/{name}.py"],
    )


@dsl.container_component
def preprocess(raw_data_path: str):
    return _script(
        "preprocess", [("INPUT_PATH", raw_data_path), ("OUTPUT_PATH", CORPUS)]
    )


@dsl.container_component
def cpt(model_size: str, learning_rate: float, epochs: int):
    return _script(
        "cpt_train",
        [
            ("STAGE", "cpt"),
            ("MODEL_SIZE", model_size),
            ("LEARNING_RATE", learning_rate),
            ("EPOCHS", epochs),
            ("CORPUS_PATH", CORPUS),
        ],
    )


@dsl.container_component
def sft(model_size: str, learning_rate: float, epochs: int, instruction_data_path: str):
    return _script(
        "sft_train",
        [
            ("STAGE", "sft"),
            ("MODEL_SIZE", model_size),
            ("BASE_MODEL_PATH", CPT_MODEL),
            ("LEARNING_RATE", learning_rate),
            ("EPOCHS", epochs),
            ("DATASET_PATH", instruction_data_path),
        ],
    )


@dsl.container_component
def rlhf(model_size: str):
    return _script(
        "rlhf_train",
        [
            ("STAGE", "rlhf"),
            ("MODEL_SIZE", model_size),
            ("BASE_MODEL_PATH", SFT_MODEL),
            ("DATASET_PATH", PREFERENCES),
        ],
    )


@dsl.component(base_image=IMAGE, install_kfp_package=False)
def evaluate(model_path: str, dataset_path: str) -> float:
    """Runs the evaluation and hands its accuracy on to the gate."""
    import json
    import os
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        metrics = os.path.join(folder, "metrics.json")
        subprocess.run(
            ["python3", "-u", "scripts/evaluate.py"],
            check=True,
            env={
                **os.environ,
                "STAGE": "evaluate",
                "MODEL_PATH": model_path,
                "DATASET_PATH": dataset_path,
                "METRICS_PATH": metrics,
            },
        )
        with open(metrics, encoding="utf-8") as file:
            return float(json.load(file)["accuracy"])


@dsl.container_component
def deploy(target: str):
    return _script(
        "deploy", [("MODEL_PATH", RLHF_MODEL), ("DEPLOYMENT_TARGET", target)]
    )


def _sized(task, *, cpu: str, memory: str, gpus: int = 0, retries: int = 0):
    task.set_cpu_limit(cpu).set_memory_limit(memory).set_caching_options(False)
    if gpus > 0:
        task.set_accelerator_type("nvidia.com/gpu").set_accelerator_limit(gpus)
    if retries > 0:
        task.set_retry(num_retries=retries)
    return task


@dsl.pipeline(
    name="korean-llm-pipeline",
    description="From raw text to a served Korean model, deployed only if its accuracy passes the gate",
)
def korean_llm_pipeline(
    raw_data_path: str = "/data/raw",
    instruction_data_path: str = "/data/instruction_dataset.jsonl",
    model_size: str = "7B",
    cpt_learning_rate: float = 1e-5,
    sft_learning_rate: float = 2e-5,
    cpt_epochs: int = 2,
    sft_epochs: int = 3,
    deployment_target: str = "production",
):
    corpus = _sized(
        preprocess(raw_data_path=raw_data_path), cpu="8", memory="32Gi", retries=3
    )
    pre_trained = _sized(
        cpt(
            model_size=model_size,
            learning_rate=cpt_learning_rate,
            epochs=cpt_epochs,
        ),
        cpu="32",
        memory="200Gi",
        gpus=4,
        retries=2,
    ).after(corpus)
    tuned = _sized(
        sft(
            model_size=model_size,
            learning_rate=sft_learning_rate,
            epochs=sft_epochs,
            instruction_data_path=instruction_data_path,
        ),
        cpu="16",
        memory="100Gi",
        gpus=2,
        retries=2,
    ).after(pre_trained)
    aligned = _sized(
        rlhf(model_size=model_size), cpu="16", memory="100Gi", gpus=2, retries=2
    ).after(tuned)
    judged = _sized(
        evaluate(model_path=RLHF_MODEL, dataset_path=TEST_SET),
        cpu="8",
        memory="50Gi",
        gpus=1,
        retries=3,
    ).after(aligned)
    with dsl.If(judged.output > GATE_ACCURACY, name="accuracy-gate"):
        _sized(deploy(target=deployment_target), cpu="1", memory="2Gi")


if __name__ == "__main__":
    compiler.Compiler().compile(
        korean_llm_pipeline,
        package_path=str(Path(__file__).with_name("korean-llm-pipeline.yaml")),
    )
