using Widget.Admin.Parts;

namespace Widget.Admin.Look;

/// <summary>A section that sends its changes to the API itself, instead of with the page's settings.</summary>
public abstract class SelfSavingSection : ConsolePage
{
    [Microsoft.AspNetCore.Components.Parameter]
    public bool ReadOnly { get; set; }
}
