export const uncheckedInput: readonly { readonly selector: string; readonly message: string }[];
