using Widget.Admin.Parts;

namespace Widget.Admin.Look;

/// <summary>A section of the page that saves by itself, apart from the settings.</summary>
public abstract class SectionPage : ConsolePage
{
    [Microsoft.AspNetCore.Components.Parameter]
    public bool ReadOnly { get; set; }
}
