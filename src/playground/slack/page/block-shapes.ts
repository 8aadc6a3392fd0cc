/** Blocks and elements as the page reads them. The server has checked what apps send; what it passes on unchecked is unknown. */
export interface TextObject {
  readonly type: "plain_text" | "mrkdwn";
  readonly text: string;
  readonly emoji?: boolean;
}

export interface OptionObject {
  readonly text: TextObject;
  readonly value: string;
  readonly description?: TextObject;
  readonly url?: string;
}

export interface OptionGroup {
  readonly label: TextObject;
  readonly options: readonly OptionObject[];
}

export interface ConfirmObject {
  readonly title?: TextObject;
  readonly text?: TextObject;
  readonly confirm?: TextObject;
  readonly deny?: TextObject;
  readonly style?: "primary" | "danger";
}

export interface ImageObject {
  readonly image_url?: string;
  readonly slack_file?: { readonly id?: string; readonly url?: string };
  readonly alt_text?: string;
}

/** A button, select, picker or input; which fields are there depends on `type`. */
export interface BlockElement extends ImageObject {
  readonly type: string;
  readonly action_id?: string;
  readonly text?: TextObject;
  readonly value?: string;
  readonly url?: string;
  readonly style?: "primary" | "danger";
  readonly confirm?: ConfirmObject;
  readonly accessibility_label?: string;
  readonly placeholder?: TextObject;
  readonly focus_on_load?: boolean;
  readonly options?: readonly OptionObject[];
  readonly option_groups?: readonly OptionGroup[];
  readonly max_selected_items?: number;
  readonly min_query_length?: number;
  readonly filter?: { readonly include?: readonly string[] };
  readonly multiline?: boolean;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_value?: string;
  readonly max_value?: string;
  readonly is_decimal_allowed?: boolean;
  readonly dispatch_action_config?: { readonly trigger_actions_on?: readonly string[] };
  readonly positive_button?: BlockElement;
  readonly negative_button?: BlockElement;
  readonly icon?: string;
  readonly visible_to_user_ids?: readonly string[];
}

export interface RichTextStyle {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly strike?: boolean;
  readonly code?: boolean;
  readonly underline?: boolean;
}

export interface RichTextPart {
  readonly type: string;
  readonly elements?: readonly RichTextPart[];
  readonly style?: RichTextStyle | "bullet" | "ordered";
  readonly indent?: number;
  readonly offset?: number;
  readonly text?: string;
  readonly url?: string;
  readonly name?: string;
  readonly user_id?: string;
  readonly usergroup_id?: string;
  readonly channel_id?: string;
  readonly range?: string;
  readonly timestamp?: number;
  readonly format?: string;
  readonly fallback?: string;
  readonly value?: string;
}

export interface TableCell {
  readonly type: string;
  readonly text?: string;
  readonly value?: number;
  readonly elements?: readonly RichTextPart[];
}

/** Any block; which fields are there depends on `type`. */
export interface Block extends ImageObject {
  readonly type: string;
  readonly block_id?: string;
  readonly text?: TextObject | string;
  readonly fields?: readonly TextObject[];
  readonly accessory?: BlockElement;
  readonly element?: BlockElement;
  readonly elements?: readonly unknown[];
  readonly label?: TextObject;
  readonly hint?: TextObject;
  readonly optional?: boolean;
  readonly dispatch_action?: boolean;
  readonly title?: TextObject | string;
  readonly subtitle?: TextObject;
  readonly body?: TextObject;
  readonly level?: number | string;
  readonly rows?: readonly (readonly TableCell[])[];
  readonly column_settings?: readonly ({ readonly align?: string; readonly is_wrapped?: boolean } | null)[];
  readonly caption?: string;
  readonly page_size?: number;
  readonly row_header_column_index?: number;
  readonly hero_image?: ImageObject;
  readonly icon?: ImageObject;
  readonly actions?: readonly BlockElement[];
  readonly child_blocks?: readonly Block[];
  readonly rich_text_title?: Block;
  readonly is_collapsible?: boolean;
  readonly default_collapsed?: boolean;
  readonly has_header_divider?: boolean;
  readonly task_id?: string;
  readonly status?: "pending" | "in_progress" | "complete" | "error";
  readonly details?: Block;
  readonly output?: Block;
  readonly sources?: readonly { readonly url?: string; readonly text?: string }[];
  readonly tasks?: readonly Block[];
  readonly video_url?: string;
  readonly thumbnail_url?: string;
  readonly title_url?: string;
  readonly author_name?: string;
  readonly description?: TextObject;
}
