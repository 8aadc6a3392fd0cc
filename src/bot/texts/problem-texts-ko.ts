import type { FieldProblem } from "../../actions/ports.ts";
import { code } from "../escape.ts";

/** What is wrong with one field of an input. */
export function problemInKorean({ field, code: kind, given, allowed, suggestion }: FieldProblem): string {
  const name = code(field);
  const what = given === undefined ? name : code(`${field}=${given}`);
  const only = allowed === undefined ? "" : ` 쓸 수 있는 값: ${code(allowed)}`;
  const meant = suggestion === undefined ? "" : ` 혹시 ${code(suggestion)} 인가요?`;
  switch (kind) {
    case "required":
      return `${name}: 값이 빠졌어요.${only}`;
    case "unknown-field":
      return `${name}: 없는 항목이에요.${meant}${only}`;
    case "unknown-stage":
      return `${code(given ?? "")} 스테이지는 없어요.${meant} 스테이지: ${code(allowed ?? "")}`;
    case "unknown-run":
      return `${code(given ?? "")} 실행은 없어요.${meant} \`/train list all\` 을 확인해 주세요.`;
    case "unknown-cluster":
      return `${code(given ?? "")} 클러스터는 없어요.${meant}${only}`;
    case "no-last-run":
      return `${code(given ?? "")} 스테이지는 아직 시작한 적이 없어서 지난번 값이 없어요.`;
    case "no-team":
      return "아직 속한 팀이 없어요. 운영자가 설정에서 역할에 팀을 정해 줄 수 있어요. 내 실행은 `/train list mine` 으로 볼 수 있어요.";
    case "ambiguous-run":
      return `이름이 ${code(given ?? "")} 으로 시작하는 실행이 여러 개예요: ${code(allowed ?? "")}. 이름을 더 적어 주세요.`;
    case "not-an-integer":
      return `${what}: 쓸 수 없는 값이에요. 정수로 적어 주세요.${only}`;
    case "not-a-number":
      return `${what}: 쓸 수 없는 값이에요. 숫자로 적어 주세요.${only}`;
    case "not-a-boolean":
      return `${what}: 쓸 수 없는 값이에요. true 또는 false 로 적어 주세요.`;
    case "not-a-choice":
      return `${what}: 쓸 수 없는 값이에요.${only}`;
    case "below-minimum":
      return `${what}: 값이 너무 작아요.${only}`;
    case "above-maximum":
      return `${what}: 값이 너무 커요.${only}`;
    case "too-long":
      return `${name}: 너무 길어요.${only}`;
    case "bad-characters":
      return `${what}: 쓸 수 없는 값이에요. 글자, 숫자, \`. _ : / @ + = , -\` 만 쓸 수 있어요.`;
    case "given-twice":
      return `${name}: 두 번 적었어요.`;
    case "unknown-object":
      return `${code(given ?? "")}: 스테이지가 실행되는 곳에서 볼 수 있는 것이 없어요. \`namespace=이름\` 으로 다른 네임스페이스에서 찾을 수 있어요.`;
    case "already-followed":
      return `${code(given ?? "")}: 이미 따라가고 있어요. \`/train status ${given ?? ""}\``;
    case "nothing-left":
      return `끝난 지 ${given ?? ""}일이 넘은 내 실행 중 남아 있는 오브젝트가 없어요.`;
    case "no-best-trial":
      return `${code(given ?? "")}: 아직 다른 스테이지에 넘길 수 있는 트라이얼이 없어요. 탐색 스테이지의 \`tunes\` 에 학습할 스테이지를 적어요.`;
    case "step-not-allowed":
      return `${code(given ?? "")} 단계를 실행할 권한이 없어요. MLOps 담당자가 규칙을 추가할 수 있어요.`;
    case "not-started-here":
      return `${code(given ?? "")}: 집사에서 시작한 실행이 아니라서 어떤 설정으로 시작했는지 알 수 없어요. \`/train start\` 로 시작해 주세요.`;
  }
  return kind satisfies never;
}
