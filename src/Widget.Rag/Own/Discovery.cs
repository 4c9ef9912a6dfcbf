namespace Widget.Rag.Own;

/// <summary>How a job finds its documents.</summary>
public enum Discovery
{
    /// <summary>The job is created with all of them.</summary>
    Given,

    /// <summary>By following the links of the pages it reads.</summary>
    Links,

    /// <summary>From a site map that is read when the job starts.</summary>
    SiteMap,
}
