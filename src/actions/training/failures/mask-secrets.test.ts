import { describe, expect, it } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

describe("secrets in a log", () => {
  it.each([
    ["token=hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123", "token=hf_***"],
    ["using hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123 now", "using hf_*** now"],
    [
      "wandb: Appending api key 0123456789abcdef0123456789abcdef01234567 to /root/.netrc",
      "wandb: Appending api key *** to /root/.netrc",
    ],
    ["WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567", "WANDB_API_KEY=***"],
    ["key AKIAIOSFODNN7EXAMPLE", "key AKIAIO***"],
    ["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = ***"],
    ["Authorization: Bearer abc.def-ghi_jkl", "Authorization: Bearer ***"],
    ["clone https://bot:p@ss@git.team/repo.git", "clone https://bot:***@git.team/repo.git"],
    ["redis://:geheim123@redis:6379/0", "redis://:***@redis:6379/0"],
    ['{"password": "correct horse"}', '{"password": ***}'],
    ["api_key='aaaabbbbcccc' password=x", "api_key=*** password=***"],
    ["xoxb-1234567890-abcdefghij", "xoxb-***"],
    ["ghp_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123", "ghp_***"],
    ["run --token geheim123 --epochs 3", "run --token *** --epochs 3"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl", "eyJ***"],
  ])("%s becomes %s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    "step 812/4100 loss 1.2 12400 tokens/s",
    "commit 0123456789abcdef0123456789abcdef01234567",
    "max_new_tokens=2048 pad_token: <|endoftext|>",
    "https://huggingface.co/team/model:main and mail sora@team.example",
    "FileNotFoundError: [Errno 2] No such file or directory: '/data/token/말뭉치.jsonl'",
  ])("%s stays as it is", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});
