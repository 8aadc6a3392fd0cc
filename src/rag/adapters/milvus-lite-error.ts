export type MilvusLiteFailure =
  | "python-missing"
  | "python-too-old"
  | "venv-missing"
  | "install-failed"
  | "data-locked"
  | "start-failed";

const WAYS_OUT: Readonly<Record<MilvusLiteFailure, string>> = {
  "python-missing":
    "Install Python 3.10 or newer with its venv module (Debian, Ubuntu: apt install python3 python3-venv)",
  "python-too-old":
    "Install Python 3.10 or newer with its venv module (Debian, Ubuntu: apt install python3 python3-venv)",
  "venv-missing": "Install Python's venv module (Debian, Ubuntu: apt install python3-venv)",
  "install-failed": "Make PyPI reachable (pip's own settings such as PIP_INDEX_URL are used) and start again",
  "data-locked": "End the other process that uses this folder, or take another data folder",
  "start-failed": "See the message above, and remove the environment's folder to have it built again",
};

/** Milvus Lite cannot run here; the message says what to do about it, and that a Milvus server does as well. */
export class MilvusLiteError extends Error {
  override name = "MilvusLiteError";
  readonly kind: MilvusLiteFailure;

  constructor(kind: MilvusLiteFailure, what: string) {
    super(
      `${what}. ${WAYS_OUT[kind]}; or give the address of a Milvus server (milvus.address in jibsa.yaml).`,
    );
    this.kind = kind;
  }
}
