// Package parquet reads the rows of flat Parquet files as texts, page by page.
//
// [Open] reads the footer; [File.Columns] says what the columns are and [File.Next] gives the
// rows. thrift.go reads the messages of the footer and of pages, page.go what pages hold,
// values.go turns values into texts, pandas.go reads what pandas says of columns. Read are the encodings PLAIN, dictionary and RLE, and the
// compressions snappy, gzip and zstd: what pandas, polars, Spark and DuckDB write unless told
// otherwise. Columns of lists and records, and encrypted files, are refused.
//
// Source: https://parquet.apache.org/docs/file-format.
package parquet
