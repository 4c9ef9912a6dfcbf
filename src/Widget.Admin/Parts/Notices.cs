using Microsoft.Extensions.Localization;
using Radzen;

namespace Widget.Admin.Parts;

/// <summary>Short messages at the edge of the page: what was done, or why it was not.</summary>
public sealed class Notices(NotificationService notifications, IStringLocalizer<CommonTexts> texts)
{
    public void Done(string text) => Show(NotificationSeverity.Success, text, 4000);

    public void Failed(string text) => Show(NotificationSeverity.Error, text, 10_000);

    /// <summary>Says what was done, with a button that takes it back.</summary>
    /// <param name="text">What was done.</param>
    /// <param name="undo">Takes it back.</param>
    public void Undoable(string text, Func<Task> undo)
    {
        var message = new NotificationMessage { Severity = NotificationSeverity.Success, Summary = text, Duration = 10_000 };
        message.DetailContent = _ => builder =>
        {
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "class", "button quiet");
            builder.AddAttribute(2, "onclick", Microsoft.AspNetCore.Components.EventCallback.Factory.Create(this, UndoAsync));
            builder.AddContent(3, texts["undo"].Value);
            builder.CloseElement();
        };
        notifications.Notify(message);

        // It can be taken back once.
        Task UndoAsync()
        {
            notifications.Messages.Remove(message);
            return undo();
        }
    }

    private void Show(NotificationSeverity severity, string text, double milliseconds) => notifications.Notify(new NotificationMessage
    {
        Severity = severity,
        Summary = text,
        Duration = milliseconds,
    });
}
