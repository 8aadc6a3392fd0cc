import { mlflowContract } from "#test/contracts/mlflow-contract.ts";
import { startMlflow } from "#test/servers/mlflow.ts";

mlflowContract("3.4.0 from PyPI", startMlflow);
