namespace Widget.Admin.Parts;

/// <summary>How a time is written.</summary>
public enum MomentStyle
{
    /// <summary>How long ago.</summary>
    Ago,

    /// <summary>The time if it is today, otherwise the day.</summary>
    Brief,

    /// <summary>The day.</summary>
    Day,

    /// <summary>Day and time.</summary>
    Full,
}
