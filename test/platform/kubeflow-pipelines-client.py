"""Drives the stand-in for Kubeflow Pipelines with the project's own generated client, which parses every answer into its models.

usage: kubeflow-pipelines-client.py URL   (a server in multi-user mode; prints "ok")
"""

import datetime
import json
import sys

import kfp_server_api as kfp
from kfp_server_api.exceptions import ApiException

NAMESPACE = "llm-training"


def client_for(user):
    configuration = kfp.Configuration(host=sys.argv[1])
    client = kfp.ApiClient(configuration)
    if user is not None:
        client.set_default_header("kubeflow-userid", user)
    return client


def refused(call, status, code):
    """The call is refused with this HTTP status and gRPC code, in the shape of the gateway."""
    try:
        call()
    except ApiException as error:
        body = json.loads(error.body)
        assert error.status == status, (error.status, body)
        assert body["code"] == code and body["error"] == body["message"], body
        assert body["details"][0]["@type"].startswith("type.googleapis.com/"), body
        return
    raise AssertionError("was not refused")


def equals(key, value):
    return json.dumps(
        {"predicates": [{"key": key, "operation": "EQUALS", "string_value": value}]}
    )


def main():
    client = client_for("minji@example.com")
    pipelines = kfp.PipelineServiceApi(client)
    experiments = kfp.ExperimentServiceApi(client)
    runs = kfp.RunServiceApi(client)
    recurring = kfp.RecurringRunServiceApi(client)

    # Pipelines and versions.
    pipeline = pipelines.pipeline_service_get_pipeline_by_name("korean-llm-pipeline")
    assert isinstance(pipeline, kfp.V2beta1Pipeline), pipeline
    assert isinstance(pipeline.created_at, datetime.datetime)
    versions = pipelines.pipeline_service_list_pipeline_versions(
        pipeline.pipeline_id, sort_by="created_at desc"
    ).pipeline_versions
    version = pipelines.pipeline_service_get_pipeline_version(
        pipeline.pipeline_id, versions[0].pipeline_version_id
    )
    assert "root" in version.pipeline_spec
    refused(
        lambda: pipelines.pipeline_service_get_pipeline_by_name("nonsense"), 404, 5
    )

    # Experiments: made once, listed in pages.
    for number in range(5):
        made = experiments.experiment_service_create_experiment(
            kfp.V2beta1Experiment(display_name=f"e{number}", namespace=NAMESPACE)
        )
        assert made.storage_state == "AVAILABLE", made
    refused(
        lambda: experiments.experiment_service_create_experiment(
            kfp.V2beta1Experiment(display_name="e0", namespace=NAMESPACE)
        ),
        409,
        6,
    )
    seen, token = [], ""
    while True:
        page = experiments.experiment_service_list_experiments(
            namespace=NAMESPACE, page_size=2, page_token=token
        )
        assert page.total_size == 5, page.total_size
        seen += [one.display_name for one in page.experiments]
        token = page.next_page_token
        if not token:
            break
    assert sorted(seen) == ["e0", "e1", "e2", "e3", "e4"], seen
    refused(
        lambda: experiments.experiment_service_list_experiments(
            namespace=NAMESPACE, page_token="nonsense"
        ),
        400,
        3,
    )

    # Runs.
    reference = kfp.V2beta1PipelineVersionReference(
        pipeline_id=pipeline.pipeline_id,
        pipeline_version_id=version.pipeline_version_id,
    )

    def draft(parameters):
        return kfp.V2beta1Run(
            display_name="r1",
            description="jibsa.dev/request-id=r1",
            experiment_id=made.experiment_id,
            pipeline_version_reference=reference,
            runtime_config=kfp.V2beta1RuntimeConfig(parameters=parameters),
        )

    run = runs.run_service_create_run(draft({"model_size": "72B", "cpt_epochs": 3}))
    assert isinstance(run, kfp.V2beta1Run) and run.state == "PENDING", run
    assert run.runtime_config.parameters == {"model_size": "72B", "cpt_epochs": 3}
    refused(lambda: runs.run_service_create_run(draft({"no_such": 1})), 400, 3)
    found = runs.run_service_list_runs(
        namespace=NAMESPACE, filter=equals("display_name", "r1"), sort_by="created_at desc"
    )
    assert [one.run_id for one in found.runs] == [run.run_id], found
    none = runs.run_service_list_runs(
        namespace=NAMESPACE, filter=equals("display_name", "other")
    )
    assert none.runs is None and none.total_size is None, none
    refused(
        lambda: runs.run_service_list_runs(
            namespace=NAMESPACE, filter=equals("nonsense", "r1")
        ),
        400,
        3,
    )
    print("advance", flush=True)
    sys.stdin.readline()
    running = runs.run_service_get_run(run.run_id)
    assert running.state == "RUNNING", running.state
    tasks = running.run_details.task_details
    assert all(isinstance(task, kfp.V2beta1PipelineTaskDetail) for task in tasks)
    by_name = {task.display_name: task for task in tasks}
    assert by_name["root"].state == "RUNNING" and by_name["root"].end_time.year == 1970
    assert isinstance(by_name["preprocess"].start_time, datetime.datetime)
    assert by_name["preprocess"].child_tasks[0].pod_name
    assert [status.state for status in running.state_history] == ["PENDING", "RUNNING"]
    runs.run_service_archive_run(run.run_id)
    assert runs.run_service_get_run(run.run_id).storage_state == "ARCHIVED"
    refused(lambda: runs.run_service_retry_run(run.run_id), 400, 9)
    runs.run_service_terminate_run(run.run_id)
    assert runs.run_service_get_run(run.run_id).state == "CANCELING"
    refused(lambda: runs.run_service_terminate_run(run.run_id), 400, 9)
    runs.run_service_delete_run(run.run_id)
    refused(lambda: runs.run_service_get_run(run.run_id), 404, 5)

    # Recurring runs: int64 is a text.
    nightly = recurring.recurring_run_service_create_recurring_run(
        kfp.V2beta1RecurringRun(
            display_name="sunday",
            experiment_id=made.experiment_id,
            pipeline_version_reference=reference,
            runtime_config=kfp.V2beta1RuntimeConfig(parameters={}),
            trigger=kfp.V2beta1Trigger(
                periodic_schedule=kfp.V2beta1PeriodicSchedule(interval_second="604800")
            ),
            max_concurrency="1",
            mode="ENABLE",
        )
    )
    assert nightly.status == "ENABLED" and nightly.max_concurrency == "1", nightly
    assert nightly.trigger.periodic_schedule.interval_second == "604800", nightly
    recurring.recurring_run_service_disable_recurring_run(nightly.recurring_run_id)
    listed = recurring.recurring_run_service_list_recurring_runs(namespace=NAMESPACE)
    assert [one.status for one in listed.recurring_runs] == ["DISABLED"], listed
    recurring.recurring_run_service_delete_recurring_run(nightly.recurring_run_id)

    # Who may do it.
    nobody = kfp.RunServiceApi(client_for(None))
    refused(lambda: nobody.run_service_list_runs(namespace=NAMESPACE), 401, 16)
    stranger = kfp.RunServiceApi(client_for("nobody@example.com"))
    refused(lambda: stranger.run_service_list_runs(namespace=NAMESPACE), 403, 7)
    print("ok", flush=True)


main()
