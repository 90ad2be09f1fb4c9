# The same calls as REDCapR and redcapAPI make, by the packages that these make them with: `Rscript read_api.R URL TOKEN`.
# Neither is in Debian. On stdout, as JSON, what R has in its hands after reading.
suppressPackageStartupMessages({library(httr); library(jsonlite); library(readr)})
given <- commandArgs(trailingOnly = TRUE)

call <- function(encode, ...) {
  reply <- POST(given[1], body = list(token = given[2], ...), encode = encode, user_agent("kapabla tests"))
  list(status = status_code(reply), type = headers(reply)$`content-type`, text = content(reply, "text"))
}
as_table <- function(text) read_csv(I(text), col_types = cols(.default = "c"), na = "")

# REDCapR::redcap_read: a form, lists with commas, R's own FALSE, the ids first and then so many at a time.
as_redcapr <- function(...) {
  call("form", content = "record", format = "csv", type = "flat", rawOrLabel = "raw", rawOrLabelHeaders = "raw",
       exportDataAccessGroups = "false", exportSurveyFields = "false", filterLogic = "",
       exportBlankForGrayFormStatus = FALSE, ...)
}
ids <- unique(as_table(as_redcapr(fields = "record_id")$text)$record_id)
batches <- split(ids, ceiling(seq_along(ids) / 7))
read <- do.call(rbind, lapply(batches, function(some) as_table(as_redcapr(records = paste(some, collapse = ","))$text)))
guessed <- read_csv(I(as_redcapr()$text), show_col_types = FALSE)

# redcapAPI::exportRecordsTyped: parts throughout, lists that begin at 1, survey fields always asked for.
listed <- function(name, of) setNames(as.list(of), sprintf("%s[%d]", name, seq_along(of)))
metadata <- as_table(call("multipart", content = "metadata", format = "csv", returnFormat = "csv")$text)
typed <- do.call(call, c(
  list("multipart", content = "record", format = "csv", type = "flat", exportSurveyFields = "true",
       exportDataAccessGroups = "FALSE", csvDelimiter = ","),
  listed("fields", metadata$field_name), listed("records", ids)
))
# It takes the charset of the reply, and Latin-1 where there is none; labels show whether that went well.
labelled <- call("multipart", content = "record", format = "csv", type = "flat", rawOrLabel = "label")
refused <- call("form", content = "record", format = "csv", returnFormat = "csv", fields = "no_such_field")
foreign <- POST(given[1], body = list(token = strrep("0", 32), content = "version", format = "csv"), encode = "form")

cat(toJSON(list(
  ids = ids, read = as.list(read), classes = lapply(as.list(guessed), function(x) class(x)[1]),
  dictionary = lapply(fromJSON(call("form", content = "metadata", format = "json")$text), as.character),
  typed = as.list(as_table(typed$text)), labelled = as.list(as_table(labelled$text)), type = labelled$type,
  refused = refused[c("status", "text")],
  foreign = list(status = status_code(foreign), text = content(foreign, "text", encoding = "UTF-8"))
), na = "null", null = "null", auto_unbox = FALSE))
