using Microsoft.Extensions.Localization;
using Radzen;

namespace Widget.Admin.Parts;

/// <summary>Asks before something is done that cannot be taken back.</summary>
public sealed class Confirmation(DialogService dialogs, IStringLocalizer<CommonTexts> texts)
{
    /// <param name="title">The question, such as "Delete this source?".</param>
    /// <param name="text">What will happen.</param>
    /// <param name="act">The button that does it, such as "Delete".</param>
    public async Task<bool> AskAsync(string title, string text, string act) =>
        await dialogs.Confirm(
            text,
            title,
            new ConfirmOptions { OkButtonText = act, CancelButtonText = texts["goBack"], AutoFocusFirstElement = true })
        == true;
}
