import type { OptionObject } from "../block-shapes.ts";
import { doAs } from "../call-page.ts";
import { pageStore, usePage } from "../page-store.ts";
import { plainOf } from "../text/slack-text.tsx";
import { useTexts } from "../texts.ts";
import { OptionPicker, type PickerOption } from "./option-picker.tsx";
import { useSurface } from "./surface.ts";
import { useField, type FieldProps } from "./use-field.ts";

/** Every kind of select: fixed options, options that the app offers while one types, people, channels; one or several. */
export function SelectElement(props: FieldProps) {
  const { block, element, label } = props;
  const texts = useTexts();
  const surface = useSurface();
  const field = useField(props);
  const people = usePage((state) => state.people);
  const channels = usePage((state) => state.channels);
  const several = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").replace("_select", "");
  const isExternal = kind === "external";
  const list = (Array.isArray(field.held) ? field.held : [field.held]).filter(
    (item) => item !== undefined && item !== null,
  ) as unknown[];
  const fixed = (): PickerOption[] => {
    if (kind === "users")
      return [...people.values()]
        .filter((person) => !person.deleted && !person.is_bot)
        .map((person) => ({
          key: person.id,
          label: person.real_name,
          hint: `@${person.name}`,
          held: person.id,
        }));
    if (kind === "channels" || kind === "conversations") {
      const include = kind === "channels" ? ["public"] : element.filter?.include;
      return channels
        .filter((channel) => include === undefined || include.includes(kindOf(channel)))
        .map((channel) => ({
          key: channel.id,
          label: channel.is_im ? "@jibsa" : `#${channel.name}`,
          hint: undefined,
          held: channel.id,
        }));
    }
    const groups = element.option_groups ?? [{ label: undefined, options: element.options ?? [] }];
    return groups.flatMap((group) => group.options.map((option) => asOption(option, plainOf(group.label))));
  };
  const search = async (typed: string): Promise<PickerOption[]> => {
    const answer = await doAs("suggest", {
      ...surface.place,
      block_id: block.block_id,
      action_id: element.action_id,
      value: typed,
    });
    if (!answer.ok) throw new Error(String(answer["error"]));
    return (answer["options"] as OptionObject[]).map((option) => asOption(option, ""));
  };
  const chosen = list.map((held): PickerOption => chosenOption(held, kind));
  return (
    <OptionPicker
      id={field.id}
      label={label || plainOf(element.placeholder) || texts.choose}
      placeholder={plainOf(element.placeholder) || (several ? texts.chooseSeveral : texts.choose)}
      options={isExternal ? undefined : fixed()}
      search={isExternal ? search : undefined}
      shortestSearch={isExternal ? (element.min_query_length ?? 3) : 0}
      chosen={chosen}
      several={several}
      most={element.max_selected_items}
      isInvalid={field.error !== undefined}
      onEnter={(options) => several && !field.dispatches && field.enter(options.map((option) => option.held))}
      onChoose={(options) => {
        const held = options.map((option) => option.held);
        void field.choose(several ? held : held[0]);
      }}
    />
  );
}

function asOption(option: OptionObject, group: string): PickerOption {
  return {
    key: option.value,
    label: plainOf(option.text),
    hint: option.description ? plainOf(option.description) : undefined,
    held: option,
    group,
  };
}

function chosenOption(held: unknown, kind: string): PickerOption {
  if (typeof held === "object" && held !== null) return asOption(held as OptionObject, "");
  const { people, channels } = pageStore.get();
  const id = typeof held === "string" ? held : "";
  const channel = channels.find((item) => item.id === id);
  const label =
    kind === "users" ? people.get(id)?.real_name : channel && (channel.is_im ? "@jibsa" : `#${channel.name}`);
  return { key: id, label: label ?? id, hint: undefined, held };
}

function kindOf(channel: { readonly is_im: boolean; readonly is_private?: boolean }): string {
  return channel.is_im ? "im" : channel.is_private === true ? "private" : "public";
}
