import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/api-error.ts";
import { readProtobuf } from "./read-protobuf.ts";

/** What `kubectl auth can-i create pytorchjobs.kubeflow.org -n llm-training` sent (kubectl 1.36.3, to a server without groups). */
const CAN_I =
  "azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSWAoQCgASABoAIgAqADIAOABCABI6CjgKDGxsbS10cmFpbmluZxIGY3JlYXRlGgAiACoYcHl0b3JjaGpvYnMua3ViZWZsb3cub3JnMgA6ABoICAASABoAIAAaACIA";

describe("kubectl's binary form", () => {
  it("is read for the kinds that it sends in it", () => {
    expect(readProtobuf(Buffer.from(CAN_I, "base64"))).toEqual({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      metadata: {},
      spec: {
        resourceAttributes: {
          namespace: "llm-training",
          verb: "create",
          resource: "pytorchjobs.kubeflow.org",
        },
      },
    });
  });

  it("is read with numbers and lists", () => {
    const field = (number: number, bytes: Uint8Array | string) =>
      Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), Buffer.from(bytes as string)]);
    const options = Buffer.concat([
      Buffer.from([8, 172, 2]),
      field(4, "Orphan"),
      field(5, "All"),
      field(2, field(1, "u")),
    ]);
    const message = Buffer.concat([
      Buffer.from("k8s\0"),
      field(1, Buffer.concat([field(1, "v1"), field(2, "DeleteOptions")])),
      field(2, options),
    ]);

    expect(readProtobuf(message)).toEqual({
      apiVersion: "v1",
      kind: "DeleteOptions",
      gracePeriodSeconds: 300,
      propagationPolicy: "Orphan",
      dryRun: ["All"],
      preconditions: { uid: "u" },
    });
  });

  it("is refused in the API's own form when it is broken or of another kind", () => {
    const recorded = Buffer.from(CAN_I, "base64");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.uint8Array().map((bytes) => Buffer.concat([recorded.subarray(0, 4), bytes])),
          fc.nat(recorded.length - 1).map((length) => recorded.subarray(0, length)),
        ),
        (bytes) => {
          try {
            readProtobuf(Buffer.from(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
            expect((error as ApiError).code).toBe(415);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
