using Widget.Benchmarks;

if (args is ["collection", var folder])
{
    await CollectionBenchmark.RunAsync(folder);
    return 0;
}

Console.Error.WriteLine("""
    Usage: dotnet run -c Release --project tests/Widget.Benchmarks -- COMMAND

      collection FOLDER   quality and speed of search on a test collection
                          (corpus.jsonl {id, title, text}, queries.jsonl {id, text}, qrels.tsv query<TAB>document<TAB>grade)
    """);
return 2;
