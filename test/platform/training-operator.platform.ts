import { trainingOperatorContract } from "#test/contracts/training-operator-contract.ts";
import { openPlatform } from "./open-platform.ts";

trainingOperatorContract("the Training Operator 1.9", async () => {
  const platform = await openPlatform();
  const { name: namespace } = await platform.openNamespace();
  return { access: platform.admin.access, namespace, settle() {}, close: () => platform.close() };
});
