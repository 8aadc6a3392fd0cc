import { useTexts } from "../texts.ts";
import { SlackImage } from "../blocks/slack-image.tsx";
import { ButtonElement } from "./button-element.tsx";
import { ChoiceList } from "./choice-list.tsx";
import { DateInput } from "./date-input.tsx";
import { FeedbackButtons } from "./feedback-buttons.tsx";
import { OverflowMenu } from "./overflow-menu.tsx";
import { SelectElement } from "./select-element.tsx";
import { TextInput } from "./text-input.tsx";
import type { FieldProps } from "./use-field.ts";

/** Any element of a block. */
export function BlockElementView(props: FieldProps) {
  const texts = useTexts();
  const { type } = props.element;
  if (type.endsWith("_select")) return <SelectElement {...props} />;
  switch (type) {
    case "button":
    case "icon_button":
      return <ButtonElement {...props} />;
    case "feedback_buttons":
      return <FeedbackButtons {...props} />;
    case "overflow":
      return <OverflowMenu {...props} />;
    case "checkboxes":
    case "radio_buttons":
      return <ChoiceList {...props} />;
    case "datepicker":
    case "timepicker":
    case "datetimepicker":
      return <DateInput {...props} />;
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
    case "rich_text_input":
      return <TextInput {...props} />;
    case "image":
      return <SlackImage image={props.element} class="accessory-image" />;
    default:
      return (
        <button type="button" class="button" disabled title={texts.notInPlayground}>
          {props.element.text?.text ?? type}
        </button>
      );
  }
}
