using Microsoft.AspNetCore.Components;
using Widget.Contracts;

namespace Widget.Admin.Forms;

/// <summary>A part of a page that changes some of the tenant's settings.</summary>
public abstract class SettingsSection : ComponentBase
{
    [Parameter, EditorRequired]
    public TenantSettings Draft { get; set; } = null!;

    [Parameter, EditorRequired]
    public EventCallback<TenantSettings> DraftChanged { get; set; }

    /// <summary>The API's errors, by the field's name in JSON.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string[]> Errors { get; set; } = new Dictionary<string, string[]>();

    [Parameter]
    public bool ReadOnly { get; set; }

    protected Task SetAsync(TenantSettings settings) => DraftChanged.InvokeAsync(settings);

    protected string? ErrorOf(string field) => Errors.TryGetValue(field, out var errors) ? string.Join(' ', errors) : null;
}
